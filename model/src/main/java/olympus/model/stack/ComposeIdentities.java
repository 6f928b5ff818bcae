package olympus.model.stack;

import java.util.regex.Pattern;

/**
 * What makes entries of Compose's lists the same, in short or long syntax; an empty text for an
 * entry without an identity.
 */
final class ComposeIdentities {

    private static final Pattern WINDOWS_DRIVE = Pattern.compile("[A-Za-z]:[\\\\/].*");

    private ComposeIdentities() {}

    static String port(YamlValue entry) {
        if (entry instanceof YamlValue.Scalar scalar) {
            var text = ComposePortKeys.PortText.of(scalar.text());
            return port(text.address(), text.published(), text.target(), text.protocol());
        }
        return port(
                field(entry, "host_ip"),
                field(entry, "published"),
                field(entry, "target"),
                field(entry, "protocol"));
    }

    private static String port(String address, String published, String target, String protocol) {
        return "%s|%s|%s|%s"
                .formatted(address, published, target, protocol.isEmpty() ? "tcp" : protocol);
    }

    /** The target of a volume or device. */
    static String mount(YamlValue entry) {
        if (!(entry instanceof YamlValue.Scalar scalar)) {
            var target = field(entry, "target");
            return target.isEmpty() ? field(entry, "source") : target;
        }
        var text = scalar.text();
        var from = WINDOWS_DRIVE.matcher(text).matches() ? 2 : 0;
        var colon = text.indexOf(':', from);
        if (colon < 0) {
            return text;
        }
        var end = text.indexOf(':', colon + 1);
        return text.substring(colon + 1, end < 0 ? text.length() : end);
    }

    /** The target of a config or secret. */
    static String grant(YamlValue entry, String folder) {
        if (entry instanceof YamlValue.Scalar scalar) {
            return folder + scalar.text();
        }
        var target = field(entry, "target");
        if (target.isEmpty()) {
            return folder + field(entry, "source");
        }
        return target.startsWith("/") ? target : folder + target;
    }

    /** A single value in a mapping, empty when there is none; a single value alone counts as it. */
    static String field(YamlValue entry, String name) {
        return switch (entry) {
            case YamlValue.Scalar scalar -> scalar.text();
            case YamlValue.Sequence ignored -> "";
            case YamlValue.Mapping mapping -> {
                var found = mapping.entries().get(name);
                yield found != null && found.value() instanceof YamlValue.Scalar scalar
                        ? scalar.text()
                        : "";
            }
        };
    }
}
