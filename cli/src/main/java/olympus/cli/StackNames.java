package olympus.cli;

/**
 * Finds out which stack a person means who may name a stack, a service, or only a service's last
 * part.
 */
final class StackNames {

    private StackNames() {}

    static String stackOf(Session session, Api api, String thing) {
        if (thing.contains("/")) {
            return thing.substring(0, thing.indexOf('/'));
        }
        if (isStack(api, thing)) {
            return thing;
        }
        var id = session.serviceId(api, thing);
        return id.substring(0, id.indexOf('/'));
    }

    static boolean isStack(Api api, String name) {
        for (var stack : api.list("/stacks", "stacks").path("stacks")) {
            if (stack.path("stack").asString().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
