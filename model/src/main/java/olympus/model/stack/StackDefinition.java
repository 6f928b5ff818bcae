package olympus.model.stack;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.StackName;

/**
 * A stack as declared: the whole, validated content of a stack folder, free of files and of
 * clear-text secrets. The canonical form that client, server, history and plan share.
 *
 * @param directory absolute path of the folder on the machine where it was read; default working
 *     directory of its services
 * @param services by name, in name order
 */
public record StackDefinition(
        StackName name, Mode mode, String directory, Map<String, ServiceDefinition> services) {

    public StackDefinition {
        services = Collections.unmodifiableMap(new TreeMap<>(services));
    }

    /** What Olympus may do with a stack. */
    public enum Mode {
        OBSERVE,
        ASK,
        MANAGE
    }
}
