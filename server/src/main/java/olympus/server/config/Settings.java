package olympus.server.config;

import java.time.Duration;
import java.util.List;

/** Everything that can be set, in the order of the reference page. */
public final class Settings {

    public static final Setting<String> HTTP_LISTEN =
            Setting.text(
                    "http.listen",
                    "127.0.0.1:7400",
                    "HOST:PORT, port 0 for a free one",
                    "Where the API is served, over TLS.");
    public static final Setting<Long> HTTP_MAX_BODY =
            Setting.bytes(
                    "http.max_body",
                    "8MiB",
                    64L << 10,
                    256L << 20,
                    "The largest body of a request; larger ones are answered with 413.");
    public static final Setting<Duration> HTTP_DEADLINE =
            Setting.duration(
                    "http.deadline",
                    "30s",
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(5),
                    "How long a request waits for the store or the controller before it is answered with 503.");
    public static final Setting<Integer> HTTP_FAILED_LOGINS =
            Setting.count(
                    "http.failed_logins_per_minute",
                    10,
                    1,
                    10_000,
                    "Wrong tokens from one address before it is answered with 429.");
    public static final Setting<String> PEERS_LISTEN =
            Setting.text(
                    "peers.listen",
                    "none",
                    "HOST:PORT, or none",
                    "Where other servers of the island reach the store of this one, over mutual TLS. `server` and `up --join` listen two ports above the API's unless told otherwise.");
    public static final Setting<String> AGENTS_LISTEN =
            Setting.text(
                    "agents.listen",
                    "none",
                    "HOST:PORT, or none",
                    "Where agents of other machines reach this server, over mutual TLS. `server` and `up --join` listen one port above the API's unless told otherwise.");
    public static final Setting<String> ADVERTISE =
            Setting.text(
                    "advertise",
                    "",
                    "a host name or an address",
                    "Under which name or address other machines reach this server; needed where it listens on all addresses and has several.");
    public static final Setting<Duration> UP_STOP_DEADLINE =
            Setting.duration(
                    "up.stop_deadline",
                    "60s",
                    Duration.ofSeconds(1),
                    Duration.ofHours(1),
                    "How long `up --stop-services` waits for services to end before the process ends without them.");
    public static final Setting<String> LOGGING_LEVEL =
            new Setting<>(
                    "logging.level",
                    "info",
                    "one of error, warn, info, debug",
                    "How much is logged.",
                    text ->
                            List.of("error", "warn", "info", "debug").contains(text)
                                    ? java.util.Optional.of(text)
                                    : java.util.Optional.empty());
    public static final Setting<Long> LOGGING_FILE_SIZE =
            Setting.bytes(
                    "logging.file_size",
                    "8MiB",
                    64L << 10,
                    1L << 30,
                    "A log file of Olympus itself that reaches this size is put aside and a new one begun.");
    public static final Setting<Integer> LOGGING_FILES =
            Setting.count(
                    "logging.files", 5, 1, 100, "How many log files that were put aside are kept.");

    public static final List<Setting<?>> ALL =
            List.of(
                    HTTP_LISTEN,
                    HTTP_MAX_BODY,
                    HTTP_DEADLINE,
                    HTTP_FAILED_LOGINS,
                    PEERS_LISTEN,
                    AGENTS_LISTEN,
                    ADVERTISE,
                    UP_STOP_DEADLINE,
                    LOGGING_LEVEL,
                    LOGGING_FILE_SIZE,
                    LOGGING_FILES);

    private Settings() {}
}
