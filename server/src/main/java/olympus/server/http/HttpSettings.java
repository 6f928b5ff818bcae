package olympus.server.http;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Where and how the API is served.
 *
 * @param listen port 0 lets the system choose
 * @param workFolder for the servlet container's own files
 * @param maxBodyBytes of a request
 * @param failedLoginsPerMinute wrong tokens of one source before it is told to wait
 */
public record HttpSettings(
        InetSocketAddress listen, Path workFolder, long maxBodyBytes, int failedLoginsPerMinute) {}
