package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses request bodies beyond a limit: at once where the length is announced, else while reading.
 */
final class BodyLimit extends OncePerRequestFilter {

    private final long maxBytes;

    BodyLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > maxBytes) {
            Problem.of(tooLarge(request.getContentLengthLong() + " bytes")).write(response);
            return;
        }
        chain.doFilter(new Limited(request), response);
    }

    private OlympusException tooLarge(String length) {
        return new OlympusException(
                ErrorCode.TOO_LARGE,
                "the request's body has %s, at most %d bytes are taken (http.max_body)"
                        .formatted(length, maxBytes));
    }

    private final class Limited extends HttpServletRequestWrapper {
        Limited(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream());
        }
    }

    private final class Counted extends ServletInputStream {
        private final ServletInputStream source;
        private long count;

        Counted(ServletInputStream source) {
            this.source = source;
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
            if (count > maxBytes) {
                throw tooLarge("more than that");
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
