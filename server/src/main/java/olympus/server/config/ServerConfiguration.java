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
 * The values that hold in this process. Precedence: flags, then environment, then file, then the
 * setting's own fallback.
 */
public record ServerConfiguration(Http http, Duration stopDeadline, Logging logging) {

    /** Section {@code http}. */
    public record Http(
            InetSocketAddress listen,
            long maxBodyBytes,
            Duration deadline,
            int failedLoginsPerMinute) {}

    /** Section {@code logging}. */
    public record Logging(String level, long fileBytes, int files) {}

    /** A configuration file is never larger than a person writes. */
    private static final long MAX_FILE_BYTES = 1 << 20;

    /** Where values come from, the strongest first. All faults are reported at once, as INVALID. */
    private record Sources(
            Map<String, String> flags,
            Map<String, String> environment,
            Map<String, String> file,
            List<String> faults) {

        <T> T value(Setting<T> setting) {
            var origin = "--" + setting.key();
            var text = flags.get(setting.key());
            if (text == null) {
                origin = setting.variable();
                text = environment.get(setting.variable());
            }
            if (text == null) {
                origin = setting.key();
                text = file.getOrDefault(setting.key(), setting.fallback());
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
        var faults = new ArrayList<String>();
        var sources =
                new Sources(
                        flags,
                        environment,
                        file.map(f -> values(f, faults)).orElse(Map.of()),
                        faults);
        var http =
                new Http(
                        address(sources.value(Settings.HTTP_LISTEN), faults),
                        sources.value(Settings.HTTP_MAX_BODY),
                        sources.value(Settings.HTTP_DEADLINE),
                        sources.value(Settings.HTTP_FAILED_LOGINS));
        var logging =
                new Logging(
                        sources.value(Settings.LOGGING_LEVEL),
                        sources.value(Settings.LOGGING_FILE_SIZE),
                        sources.value(Settings.LOGGING_FILES));
        var stop = sources.value(Settings.UP_STOP_DEADLINE);
        if (!faults.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.INVALID, "configuration: " + String.join("; ", faults));
        }
        return new ServerConfiguration(http, stop, logging);
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

    private static InetSocketAddress address(String text, List<String> faults) {
        var colon = text.lastIndexOf(':');
        try {
            var host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
            var port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            }
        } catch (NumberFormatException | UnknownHostException e) {
            faults.add(badAddress(text));
            return new InetSocketAddress(0);
        }
        faults.add(badAddress(text));
        return new InetSocketAddress(0);
    }

    private static String badAddress(String text) {
        return "%s: \"%s\" is not %s"
                .formatted(Settings.HTTP_LISTEN.key(), text, Settings.HTTP_LISTEN.expected());
    }
}
