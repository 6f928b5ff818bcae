package olympus.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.net.ssl.SSLServerSocket;
import olympus.link.keys.Certificates;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * What stands where a leader's API would, with a certificate of the island, and answers requests in
 * whatever way a test wants, e.g. not.
 */
final class ScriptedLeader implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");

    /** What happens to a request; the connection is closed afterwards. */
    interface Script {
        void answer(String head, OutputStream out) throws IOException, InterruptedException;
    }

    private final SSLServerSocket listening;
    private final Script script;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    final List<String> heads = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();

    ScriptedLeader(Certificates certificates, Script script) throws IOException {
        var pem = RunningApi.pem(certificates);
        var details =
                PemSslStoreDetails.forCertificates(pem.certificates())
                        .withPrivateKey(pem.privateKey());
        var context = SslBundle.of(new PemSslStoreBundle(details, null)).createSslContext();
        listening =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "https://127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var connection = listening.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> converse(connection));
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void converse(Socket connection) {
        try (connection) {
            var in = new BufferedInputStream(connection.getInputStream());
            var head = head(in);
            var length = LENGTH.matcher(head);
            var body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
            heads.add(head);
            bodies.add(new String(body, ISO_8859_1));
            script.answer(head, connection.getOutputStream());
        } catch (IOException e) {
            heads.add("broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            var next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
