package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import olympus.zeus.StackCommands.Actor;

/** Who sent a request, once a token has proved it: kept in the request. */
record Caller(String name, String from) {

    private static final String ATTRIBUTE = Caller.class.getName();

    static final Caller NOBODY = new Caller("nobody", "");

    static Caller of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? caller : NOBODY;
    }

    void attachTo(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    Actor actor() {
        return new Actor("user:" + name, from);
    }
}
