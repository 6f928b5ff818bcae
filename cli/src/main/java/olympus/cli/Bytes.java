package olympus.cli;

import tools.jackson.databind.JsonNode;

/** Numbers of bytes as people read them. */
final class Bytes {

    private Bytes() {}

    /** {@code 5.0 MiB}; {@code -} for what is no number. */
    static String text(JsonNode bytes) {
        if (!bytes.isNumber()) {
            return "-";
        }
        var size = (double) bytes.asLong();
        for (var unit : new String[] {"B", "KiB", "MiB", "GiB"}) {
            if (size < 1_024) {
                return unit.equals("B")
                        ? "%d B".formatted((long) size)
                        : "%.1f %s".formatted(size, unit);
            }
            size /= 1_024;
        }
        return "%.1f TiB".formatted(size);
    }
}
