package olympus.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last writer of an error: requests so malformed that they reach no filter get {@link Problem}
 * too instead of the container's HTML page. Made by the container, by name.
 */
public final class ProblemValve extends ErrorReportValve {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemValve.class);

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        var status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            response.setContentType(Problem.MEDIA_TYPE);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            var writer = response.getReporter();
            if (writer != null) {
                writer.write(Problem.ofStatus(status, detail(response), Map.of()).json());
                response.finishResponse();
            }
        } catch (IOException e) {
            // The client has gone: there is nobody to answer.
            response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, e);
            LOG.atDebug().addKeyValue("status", status).log("no answer to a malformed request", e);
        }
    }

    private static String detail(Response response) {
        var message = response.getMessage();
        return message == null || message.isBlank() ? "the request is malformed" : message;
    }
}
