package olympus.cli;

import java.util.regex.Pattern;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;

/**
 * Names as a person gave them, judged before a server is asked: what cannot be a name is wrong
 * usage, and the message says what would be one.
 */
final class GivenNames {

    private static final String SERVICE =
            "expected stack/service or an unambiguous service name, of letters, digits, - and _";
    private static final String STACK =
            "expected a stack's name, of a-z, 0-9, - and _ (olympus stacks lists them)";

    /** What no path of the API can carry. */
    private static final Pattern NODE =
            Pattern.compile("[^/\\\\;%\\p{Cntrl}]*[^\\s/\\\\;%\\p{Cntrl}]+");

    private GivenNames() {}

    /** A stack, {@code NAME} or {@code stack:NAME}. */
    static String stack(String given) {
        var name = given.startsWith(StackNames.STACK) ? given.substring(6) : given;
        if (StackName.PATTERN.matcher(name).matches()) {
            return name;
        }
        if (isService(given)) {
            throw usage(
                    "\"%s\" is a service, and a stack is expected here: \"%s\" is that service's stack. A single service is removed by taking it out of the stack's olympus.yaml: olympus apply DIR --prune"
                            .formatted(given, given.substring(0, given.indexOf('/'))));
        }
        throw usage("not a stack: \"%s\"; %s".formatted(given, STACK));
    }

    /** A service, {@code stack/service} or its last part alone. */
    static String service(String given) {
        if (isService(given) || ServiceId.SERVICE_PATTERN.matcher(given).matches()) {
            return given;
        }
        var dot = given.lastIndexOf('.');
        if (dot > 0 && isService(given.substring(0, dot)) && given.matches(".*\\.\\d+")) {
            throw usage(
                    "\"%s\" is an instance, and a service is expected here: %s"
                            .formatted(given, given.substring(0, dot)));
        }
        throw usage("not a service: \"%s\"; %s".formatted(given, SERVICE));
    }

    /** A secret of a stack; its text is as it was given. */
    record SecretName(String stack, String name) {
        @Override
        public String toString() {
            return stack + "/" + name;
        }
    }

    /** A secret, {@code STACK/NAME}. What is none may be a value, and is not quoted. */
    static SecretName secret(String given) {
        var slash = given.indexOf('/');
        if (slash > 0
                && StackName.PATTERN.matcher(given.substring(0, slash)).matches()
                && SecretRef.NAME.matcher(given.substring(slash + 1)).matches()) {
            return new SecretName(given.substring(0, slash), given.substring(slash + 1));
        }
        throw usage(
                "the first argument is not a secret; expected STACK/NAME, e.g. shop/db-password: the stack of a-z, 0-9, - and _, the name of "
                        + SecretRef.NAME_WORDS);
    }

    /** A node's name or id. */
    static String node(String given) {
        if (!NODE.matcher(given).matches()) {
            throw usage(
                    "not a node: \"%s\"; expected a name or id as olympus nodes lists them"
                            .formatted(given));
        }
        return given;
    }

    /** Anything that has a name, for the server to look up; what it is called is {@code kind}. */
    static String any(String kind, String given) {
        if (given.isBlank()) {
            throw usage("the %s is empty; expected its name".formatted(kind));
        }
        return given;
    }

    private static boolean isService(String text) {
        var slash = text.indexOf('/');
        return slash > 0
                && StackName.PATTERN.matcher(text.substring(0, slash)).matches()
                && ServiceId.SERVICE_PATTERN.matcher(text.substring(slash + 1)).matches();
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(ExitCodes.USAGE, message);
    }
}
