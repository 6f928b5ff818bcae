package olympus.model;

import java.util.regex.Pattern;

/** A declared service, written {@code stack/service}. */
public record ServiceId(StackName stack, String service) implements Comparable<ServiceId> {

    public static final Pattern SERVICE_PATTERN = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}");

    public ServiceId {
        if (!SERVICE_PATTERN.matcher(service).matches()) {
            throw new IllegalArgumentException(
                    "not a service name: \""
                            + service
                            + "\"; expected 1 to 63 letters, digits, - and _, beginning with a letter or digit");
        }
    }

    /** Reads {@code stack/service}. */
    public static ServiceId parse(String text) {
        var slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "not a service id: \"" + text + "\"; expected stack/service");
        }
        return new ServiceId(new StackName(text.substring(0, slash)), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ServiceId other) {
        var byStack = stack.compareTo(other.stack);
        return byStack != 0 ? byStack : service.compareTo(other.service);
    }

    @Override
    public String toString() {
        return stack + "/" + service;
    }
}
