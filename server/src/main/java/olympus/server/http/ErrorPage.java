package olympus.server.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * Answers in place of the servlet container's error page, for errors that no handler met (filters,
 * container).
 */
@Controller
final class ErrorPage {

    static final String PATH = "/error";

    @RequestMapping(PATH)
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return; // Part of an answer has gone out: the container cuts the connection.
        }
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        var message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
        var code = status instanceof Integer number ? number : 404;
        Problem.ofStatus(code, message instanceof String text ? text : "", Map.of())
                .write(response);
    }
}
