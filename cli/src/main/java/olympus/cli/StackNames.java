package olympus.cli;

import java.util.List;

/**
 * Finds out what a person means who may name a stack, a service, or only a service's last part.
 *
 * <p>{@code stack:NAME} always means the stack and {@code stack/service} always the service; a bare
 * name that fits both is refused where they are different things.
 */
final class StackNames {

    static final String STACK = "stack:";

    private StackNames() {}

    /** What was meant. */
    sealed interface Meant {

        /** A whole stack. */
        record Stack(String name) implements Meant {}

        /** One service, {@code stack/service}. */
        record Service(String id) implements Meant {}
    }

    /** What is meant by {@code thing} where acting on a stack differs from acting on a service. */
    static Meant oneOf(Session session, Api api, String thing) {
        return find(session, api, thing, services -> !services.isEmpty());
    }

    /**
     * What is meant where the answer for a stack holds that for its services: only a service of
     * another stack makes it ambiguous.
     */
    static Meant oneOrWithin(Session session, Api api, String thing) {
        return find(
                session,
                api,
                thing,
                services -> services.stream().anyMatch(id -> !id.startsWith(thing + "/")));
    }

    /** The stack that is meant, or that the service that is meant belongs to. */
    static String stackOf(Session session, Api api, String thing) {
        return switch (oneOrWithin(session, api, thing)) {
            case Meant.Stack stack -> stack.name();
            case Meant.Service service -> service.id().substring(0, service.id().indexOf('/'));
        };
    }

    private interface Clash {
        boolean with(List<String> services);
    }

    private static Meant find(Session session, Api api, String thing, Clash clash) {
        if (thing.startsWith(STACK)) {
            return new Meant.Stack(GivenNames.stack(thing));
        }
        GivenNames.service(thing);
        if (thing.contains("/") || !isStack(session, api, thing)) {
            return new Meant.Service(session.serviceId(api, thing));
        }
        var services = session.servicesCalled(api, thing);
        if (clash.with(services)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "\"%s\" is ambiguous, it names a stack and a service: give %s%s for the stack, or %s for the service"
                            .formatted(thing, STACK, thing, String.join(" or ", services)));
        }
        return new Meant.Stack(thing);
    }

    /** Also one of which only the services are known, because the store cannot be read. */
    private static boolean isStack(Session session, Api api, String name) {
        for (var stack : api.list("/stacks", "stacks").path("stacks")) {
            if (stack.path("stack").asString().equals(name)) {
                return true;
            }
        }
        return session.services(api).anyMatch(id -> id.startsWith(name + "/"));
    }
}
