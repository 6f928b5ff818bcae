package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses request bodies beyond a limit: at once where the length is announced, else while reading.
 * Of requests for which nobody vouches before their body is read, much less is taken.
 */
final class BodyLimit extends OncePerRequestFilter {

    private static final Set<String> UNVOUCHED =
            Set.of(ServersController.JOIN, EnrolmentsController.ENROL);

    private final long maxBytes;

    BodyLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var limit =
                UNVOUCHED.contains(request.getServletPath())
                        ? new Limit(Math.min(maxBytes, BroughtTokens.MAX_BODY_BYTES), "")
                        : new Limit(maxBytes, " (http.max_body)");
        if (request.getContentLengthLong() > limit.bytes) {
            Problem.of(limit.passed(request.getContentLengthLong() + " bytes")).write(response);
            return;
        }
        chain.doFilter(new Limited(request, limit), response);
    }

    /**
     * @param setting which sets it, in brackets
     */
    private record Limit(long bytes, String setting) {
        OlympusException passed(String length) {
            return new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "the request's body has %s, at most %d bytes are taken%s"
                            .formatted(length, bytes, setting));
        }
    }

    private static final class Limited extends HttpServletRequestWrapper {
        private final Limit limit;

        Limited(HttpServletRequest request, Limit limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream(), limit);
        }
    }

    private static final class Counted extends ServletInputStream {
        private final ServletInputStream source;
        private final Limit limit;
        private long count;

        Counted(ServletInputStream source, Limit limit) {
            this.source = source;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            var next = source.read();
            counted(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            var got = source.read(buffer, offset, length);
            counted(Math.max(0, got));
            return got;
        }

        private void counted(int more) {
            count += more;
            if (count > limit.bytes) {
                throw limit.passed("more than that");
            }
        }

        @Override
        public boolean isFinished() {
            return source.isFinished();
        }

        @Override
        public boolean isReady() {
            return source.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            source.setReadListener(listener);
        }
    }
}
