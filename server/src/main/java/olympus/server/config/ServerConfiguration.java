package olympus.server.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NearestWord;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The values that hold in this process. Precedence: flags, then environment, then file, then what
 * the command is for, then the setting's own fallback.
 */
public record ServerConfiguration(
        Http http, Island island, Duration stopDeadline, Logging logging) {

    /** Section {@code http}. */
    public record Http(
            InetSocketAddress listen,
            long maxBodyBytes,
            Duration deadline,
            int failedLoginsPerMinute) {}

    /**
     * How the other servers and the agents of the island reach this one.
     *
     * @param peers where other servers reach its store; empty: nowhere, it stays alone
     * @param agents where agents of other machines reach it; empty: nowhere
     * @param advertise under which host; empty: to be found out
     */
    public record Island(
            Optional<InetSocketAddress> peers,
            Optional<InetSocketAddress> agents,
            Optional<String> advertise) {

        /** No port for others. */
        public static final Island ALONE =
                new Island(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Section {@code logging}. */
    public record Logging(String level, long fileBytes, int files) {}

    /** A configuration file is never larger than a person writes. */
    private static final long MAX_FILE_BYTES = 1 << 20;

    private static final String EVERYWHERE = "0.0.0.0:7400";
    private static final String NONE = "none";

    /** Where values come from, the strongest first. All faults are reported at once, as INVALID. */
    private record Sources(
            Map<String, String> flags,
            Map<String, String> environment,
            Map<String, String> file,
            Map<String, String> purpose,
            List<String> faults) {

        boolean isSet(Setting<?> setting) {
            return flags.containsKey(setting.key())
                    || environment.containsKey(setting.variable())
                    || file.containsKey(setting.key());
        }

        <T> T value(Setting<T> setting) {
            var origin = "--" + setting.key();
            var text = flags.get(setting.key());
            if (text == null) {
                origin = setting.variable();
                text = environment.get(setting.variable());
            }
            if (text == null) {
                origin = setting.key();
                text = file.get(setting.key());
            }
            if (text == null) {
                text = purpose.getOrDefault(setting.key(), setting.fallback());
            }
            var value = setting.read().apply(text);
            if (value.isPresent()) {
                return value.get();
            }
            faults.add("%s: \"%s\" is not %s".formatted(origin, text, setting.expected()));
            return setting.read().apply(setting.fallback()).orElseThrow();
        }
    }

    /**
     * @param file empty or absent: none
     * @param flags values from the command line, by setting key
     */
    public static ServerConfiguration read(
            Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        return read(file, environment, flags, Purpose.ALONE);
    }

    /** What the process is started for, where nothing else is said. */
    public enum Purpose {
        /** One server, of this machine alone. */
        ALONE,
        /** One of several servers, on one machine. */
        TRIAL,
        /** One of several servers, each on its machine. */
        SEVERAL
    }

    /** The same, of a process that is started for {@code purpose}. */
    public static ServerConfiguration read(
            Optional<Path> file,
            Map<String, String> environment,
            Map<String, String> flags,
            Purpose purpose) {
        var faults = new ArrayList<String>();
        var sources =
                new Sources(
                        flags,
                        environment,
                        file.map(f -> values(f, faults)).orElse(Map.of()),
                        purpose == Purpose.SEVERAL
                                ? Map.of(Settings.HTTP_LISTEN.key(), EVERYWHERE)
                                : Map.of(),
                        faults);
        var http =
                new Http(
                        address(Settings.HTTP_LISTEN, sources, faults),
                        sources.value(Settings.HTTP_MAX_BODY),
                        sources.value(Settings.HTTP_DEADLINE),
                        sources.value(Settings.HTTP_FAILED_LOGINS));
        var logging =
                new Logging(
                        sources.value(Settings.LOGGING_LEVEL),
                        sources.value(Settings.LOGGING_FILE_SIZE),
                        sources.value(Settings.LOGGING_FILES));
        var island = island(sources, http.listen(), purpose, faults);
        var stop = sources.value(Settings.UP_STOP_DEADLINE);
        if (!faults.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.INVALID, "configuration: " + String.join("; ", faults));
        }
        return new ServerConfiguration(http, island, stop, logging);
    }

    private static Island island(
            Sources given, InetSocketAddress api, Purpose purpose, List<String> faults) {
        // Whoever opens a port for other servers has agents on their machines too.
        var implied =
                purpose != Purpose.ALONE
                        || (given.isSet(Settings.PEERS_LISTEN)
                                && !given.value(Settings.PEERS_LISTEN).equals(NONE));
        var advertise = Optional.of(given.value(Settings.ADVERTISE)).filter(h -> !h.isBlank());
        return new Island(
                port(Settings.PEERS_LISTEN, given, implied, api, 2, faults),
                port(Settings.AGENTS_LISTEN, given, implied, api, 1, faults),
                advertise);
    }

    /** What is set; else, where that is implied, {@code above} the API's port. */
    private static Optional<InetSocketAddress> port(
            Setting<String> setting,
            Sources given,
            boolean implied,
            InetSocketAddress api,
            int above,
            List<String> faults) {
        if (given.isSet(setting)) {
            return given.value(setting).equals(NONE)
                    ? Optional.empty()
                    : Optional.of(fixed(address(setting, given, faults), setting, faults));
        }
        if (!implied) {
            return Optional.empty();
        }
        if (api.getPort() == 0) {
            faults.add(
                    "--%s is needed where --%s asks for any free port: others must find this server again after a restart"
                            .formatted(setting.key().replace('.', '-'), "listen"));
            return Optional.empty();
        }
        return Optional.of(new InetSocketAddress(api.getAddress(), api.getPort() + above));
    }

    private static InetSocketAddress fixed(
            InetSocketAddress address, Setting<String> setting, List<String> faults) {
        if (address.getPort() == 0 && faults.isEmpty()) {
            faults.add(
                    "%s: port 0 is no lasting address, and others must find this server again after a restart; give a number"
                            .formatted(setting.key()));
        }
        return address;
    }

    private static Map<String, String> values(Path file, List<String> faults) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                faults.add("%s has more than %d bytes".formatted(file, MAX_FILE_BYTES));
                return Map.of();
            }
            var settings = LoadSettings.builder().setLabel(file.toString()).build();
            var tree = new Load(settings).loadFromString(Files.readString(file));
            var values = new LinkedHashMap<String, String>();
            if (tree != null) {
                flatten("", tree, file, values, faults);
            }
            return values;
        } catch (IOException e) {
            faults.add("cannot read %s: %s".formatted(file, e));
        } catch (YamlEngineException e) {
            faults.add("%s is not YAML: %s".formatted(file, e.getMessage()));
        }
        return Map.of();
    }

    private static void flatten(
            String path, Object tree, Path file, Map<String, String> values, List<String> faults) {
        if (tree instanceof Map<?, ?> section && (path.isEmpty() || isSection(path))) {
            section.forEach((name, value) ->
                    flatten(
                            path.isEmpty() ? String.valueOf(name) : path + "." + name,
                            value == null ? "" : value,
                            file,
                            values,
                            faults));
            return;
        }
        if (Settings.ALL.stream().anyMatch(setting -> setting.key().equals(path))) {
            values.put(path, String.valueOf(tree));
            return;
        }
        faults.add(unknown(path, file));
    }

    private static boolean isSection(String path) {
        return Settings.ALL.stream().anyMatch(setting -> setting.key().startsWith(path + "."));
    }

    private static String unknown(String path, Path file) {
        var known = new TreeSet<String>();
        Settings.ALL.forEach(setting -> known.add(setting.key()));
        var near = NearestWord.to(path, known);
        return "%s: unknown key \"%s\"%s"
                .formatted(
                        file,
                        path,
                        near.isEmpty()
                                ? "; known are " + String.join(", ", known)
                                : "; did you mean \"" + near + "\"?");
    }

    private static InetSocketAddress address(
            Setting<String> setting, Sources given, List<String> faults) {
        var text = given.value(setting);
        var colon = text.lastIndexOf(':');
        try {
            var host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
            var port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            }
        } catch (NumberFormatException | UnknownHostException e) {
            faults.add(badAddress(setting, text));
            return new InetSocketAddress(0);
        }
        faults.add(badAddress(setting, text));
        return new InetSocketAddress(0);
    }

    private static String badAddress(Setting<String> setting, String text) {
        return "%s: \"%s\" is not %s".formatted(setting.key(), text, setting.expected());
    }
}
