package olympus.agent.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import olympus.model.SecretRef;
import olympus.model.stack.Probe;
import olympus.model.state.InstanceSpec;

/**
 * Asks an instance once whether it does its work. Blocks (run it on a virtual thread) and answers
 * within the probe's timeout: names are looked up within it, sockets are closed and commands killed
 * at its end. Limits: {@link #PARALLEL} at a time; waiting for a turn, and for the user that a
 * command runs as to be looked up, is not counted as the instance's fault.
 */
final class Prober {

    static final int PARALLEL = 64;

    private static final int STATUS_LINE_LIMIT = 1024;

    private final Accounts accounts;
    private final InstanceFolders folders;
    private final Lookups lookups;
    private final Semaphore turns = new Semaphore(PARALLEL);

    Prober(Accounts accounts, InstanceFolders folders, Lookups lookups) {
        this.accounts = accounts;
        this.folders = folders;
        this.lookups = lookups;
    }

    /**
     * @param message what was asked and what came of it
     */
    record Answer(boolean passed, String message) {}

    Answer ask(InstanceSpec spec, Probe probe, Map<SecretRef, String> secrets)
            throws InterruptedException {
        turns.acquire();
        try {
            var placeholders = LaunchPlan.placeholders(spec);
            return switch (probe.target()) {
                case Probe.Target.Http http ->
                        http(LaunchPlan.fill(http.url(), placeholders), probe.timeout());
                case Probe.Target.Tcp tcp ->
                        tcp(LaunchPlan.fill(tcp.address(), placeholders), probe.timeout());
                case Probe.Target.Command command ->
                        command(spec, command.command(), probe.timeout(), secrets);
            };
        } finally {
            turns.release();
        }
    }

    private Answer http(String declared, Duration timeout) throws InterruptedException {
        var url = declared.startsWith(":") ? "http://127.0.0.1" + declared : declared;
        var deadline = System.nanoTime() + timeout.toNanos();
        try {
            var uri = new URI(url);
            var secure = "https".equals(uri.getScheme());
            var port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            try (var plain = connect(uri.getHost(), port, deadline);
                    var limit = new TimeLimit(plain, deadline);
                    var socket = secure ? secured(plain, uri.getHost(), port, deadline) : plain) {
                var line = statusLine(socket, uri, deadline);
                var passed = line.matches("HTTP/1\\.[01] [23]\\d\\d.*");
                return new Answer(
                        passed,
                        "GET %s answered %s".formatted(url, line.isEmpty() ? "nothing" : line));
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            return new Answer(false, "not a URL: \"%s\"".formatted(url));
        } catch (IOException e) {
            return new Answer(false, "GET %s: %s".formatted(url, fault(e, timeout, deadline)));
        }
    }

    private Answer tcp(String declared, Duration timeout) throws InterruptedException {
        var colon = declared.lastIndexOf(':');
        var host = colon <= 0 ? "127.0.0.1" : declared.substring(0, colon);
        var deadline = System.nanoTime() + timeout.toNanos();
        try (var socket =
                connect(host, Integer.parseInt(declared.substring(colon + 1)), deadline)) {
            return new Answer(socket.isConnected(), "connected to " + declared);
        } catch (IllegalArgumentException e) {
            return new Answer(
                    false, "not an address: \"%s\"; expected host:port".formatted(declared));
        } catch (IOException e) {
            return new Answer(
                    false, "connect to %s: %s".formatted(declared, fault(e, timeout, deadline)));
        }
    }

    /** Closes a socket at the deadline, whatever its user waits for: single reads may be many. */
    private static final class TimeLimit implements AutoCloseable {

        private final CountDownLatch done = new CountDownLatch(1);

        TimeLimit(Socket socket, long deadline) {
            Thread.ofVirtual()
                    .name("agent-probe-limit")
                    .start(() -> {
                        try (socket) {
                            done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                        } catch (IOException closedTwice) {
                            return;
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }

        @Override
        public void close() {
            done.countDown();
        }
    }

    private Socket connect(String host, int port, long deadline)
            throws IOException, InterruptedException {
        var address = new InetSocketAddress(lookups.find(host, deadline), port);
        var socket = new Socket();
        try {
            socket.connect(address, millisUntil(deadline));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static int millisUntil(long deadline) throws SocketTimeoutException {
        var millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** The question is whether it answers, not whose certificate it shows: none is refused. */
    private static SSLSocket secured(Socket plain, String host, int port, long deadline)
            throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            plain.setSoTimeout(millisUntil(deadline));
            var socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS: " + e.getMessage(), e);
        }
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static String statusLine(Socket socket, URI uri, long deadline) throws IOException {
        var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        var request =
                "GET %s%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: olympus-agent\r\nConnection: close\r\n\r\n"
                        .formatted(path, query, uri.getRawAuthority());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        var line = new StringBuilder();
        var in = socket.getInputStream();
        while (line.length() < STATUS_LINE_LIMIT) {
            socket.setSoTimeout(millisUntil(deadline));
            var next = in.read();
            if (next < 0 || next == '\n') {
                break;
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static String fault(IOException e, Duration timeout, long deadline) {
        if (e instanceof SocketTimeoutException || System.nanoTime() - deadline >= 0) {
            return "no answer within " + Sentences.duration(timeout);
        }
        return e instanceof UnknownHostException
                ? "unknown host " + e.getMessage()
                : String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT);
    }

    private Answer command(
            InstanceSpec spec,
            List<String> declared,
            Duration timeout,
            Map<SecretRef, String> secrets)
            throws InterruptedException {
        var shown = String.join(" ", declared);
        switch (LaunchPlan.ofProbe(spec, declared, secrets, accounts, folders)) {
            case LaunchPlan.Impossible impossible -> {
                return new Answer(false, impossible.reason());
            }
            case LaunchPlan.Ready ready -> {
                var placeholders = LaunchPlan.placeholders(spec);
                var words =
                        declared.stream().map(word -> LaunchPlan.fill(word, placeholders)).toList();
                var deadline = System.nanoTime() + timeout.toNanos();
                try {
                    return answer(new CommandProbe(words, ready, deadline), timeout, shown);
                } catch (IOException e) {
                    return new Answer(
                            false, "%s could not be run: %s".formatted(shown, e.getMessage()));
                }
            }
        }
    }

    private static Answer answer(CommandProbe probe, Duration timeout, String shown)
            throws IOException, InterruptedException {
        var code = probe.run();
        if (code.isEmpty()) {
            return new Answer(
                    false,
                    "%s did not end within %s".formatted(shown, Sentences.duration(timeout)));
        }
        return code.get() == 0
                ? new Answer(true, shown + " succeeded")
                : new Answer(
                        false,
                        "%s %s%s"
                                .formatted(
                                        shown,
                                        Sentences.exit(code.get()),
                                        probe.said().isEmpty() ? "" : ": " + probe.said()));
    }
}
