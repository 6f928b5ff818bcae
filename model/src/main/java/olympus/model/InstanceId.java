package olympus.model;

/** One running copy of a service, written {@code stack/service.ordinal}; ordinals begin at 1. */
public record InstanceId(ServiceId service, int ordinal) implements Comparable<InstanceId> {

    public InstanceId {
        if (ordinal < 1) {
            throw new IllegalArgumentException(
                    "instance ordinals begin at 1, got " + ordinal + " for " + service);
        }
    }

    /** Reads {@code stack/service.ordinal}. */
    public static InstanceId parse(String text) {
        var dot = text.lastIndexOf('.');
        try {
            return new InstanceId(
                    ServiceId.parse(text.substring(0, Math.max(0, dot))),
                    Integer.parseInt(text.substring(dot + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not an instance id: \"" + text + "\"; expected stack/service.number", e);
        }
    }

    @Override
    public int compareTo(InstanceId other) {
        var byService = service.compareTo(other.service);
        return byService != 0 ? byService : Integer.compare(ordinal, other.ordinal);
    }

    @Override
    public String toString() {
        return service + "." + ordinal;
    }
}
