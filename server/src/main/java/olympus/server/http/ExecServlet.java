package olympus.server.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import olympus.foundation.ErrorCode;

/**
 * Makes a request for {@code /api/v1/exec/ID} the WebSocket of that session. It has passed the
 * security chain by then, as every request has.
 */
final class ExecServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    static final String PATH = Api.V1 + "/exec/";

    private final transient ExecSessions sessions;

    ExecServlet(ExecSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            Problem.of(
                            ErrorCode.INVALID,
                            "%s is a WebSocket: connect with the headers of RFC 6455"
                                    .formatted(request.getRequestURI()))
                    .write(response);
            return;
        }
        var id = request.getRequestURI().substring(PATH.length());
        var session = sessions.claim(id, Caller.of(request));
        if (session.isEmpty()) {
            Problem.of(
                            ErrorCode.NOT_FOUND,
                            "there is no such session: it was started with another token, is connected already, or nobody connected within %d s"
                                    .formatted(ExecSessions.CONNECTED_WITHIN.toSeconds()))
                    .write(response);
            return;
        }
        var socket = new ExecSocket(session.get(), sessions::ended);
        try {
            container(request)
                    .upgradeHttpToWebSocket(request, response, configuration(socket), Map.of());
        } catch (DeploymentException | IOException | RuntimeException e) {
            socket.abandon();
            throw new ServletException("the WebSocket cannot be opened", e);
        }
    }

    private static ServerContainer container(HttpServletRequest request) {
        var found = request.getServletContext().getAttribute(ServerContainer.class.getName());
        if (found instanceof ServerContainer container) {
            return container;
        }
        throw new IllegalStateException("the web server has no WebSockets: " + found);
    }

    private static ServerEndpointConfig configuration(ExecSocket socket) {
        return ServerEndpointConfig.Builder.create(ExecSocket.class, PATH)
                .configurator(
                        new ServerEndpointConfig.Configurator() {
                            @Override
                            public <T> T getEndpointInstance(Class<T> type) {
                                return type.cast(socket);
                            }
                        })
                .build();
    }
}
