package olympus.engine.internal;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server that speaks http and https on the same port. */
final class EitherServer implements AutoCloseable {

    private static final int HANDSHAKE = 0x16;
    private static final String PASSWORD = "changeit";

    private final ServerSocket front;
    private final HttpServer clear;
    private final HttpsServer encrypted;
    private volatile boolean hangsUpOnTls;

    EitherServer(Path folder, HttpHandler inClear, HttpHandler overTls)
            throws IOException, GeneralSecurityException, InterruptedException {
        var loopback = InetAddress.getLoopbackAddress();
        front = new ServerSocket(0, 16, loopback);
        clear = HttpServer.create(new InetSocketAddress(loopback, 0), 16);
        clear.createContext("/", inClear);
        encrypted = HttpsServer.create(new InetSocketAddress(loopback, 0), 16);
        encrypted.setHttpsConfigurator(new HttpsConfigurator(context(folder)));
        encrypted.createContext("/", overTls);
        clear.start();
        encrypted.start();
        Thread.ofPlatform().daemon().name("either").start(this::accept);
    }

    void hangUpOnTls() {
        hangsUpOnTls = true;
    }

    int port() {
        return front.getLocalPort();
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                var client = front.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            var first = client.getInputStream().read();
            if (first == HANDSHAKE && hangsUpOnTls) {
                return;
            }
            var to = first == HANDSHAKE ? encrypted : clear;
            try (var server =
                    new Socket(InetAddress.getLoopbackAddress(), to.getAddress().getPort())) {
                server.getOutputStream().write(first);
                Thread.ofVirtual()
                        .start(() -> {
                            try (server) {
                                carry(client.getInputStream(), server.getOutputStream());
                            } catch (IOException gone) {
                                return;
                            }
                        });
                carry(server.getInputStream(), client.getOutputStream());
            }
        } catch (IOException gone) {
            return;
        }
    }

    private static void carry(InputStream from, OutputStream to) throws IOException {
        from.transferTo(to);
    }

    private static SSLContext context(Path folder)
            throws IOException, GeneralSecurityException, InterruptedException {
        var file = folder.resolve("key.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process =
                new ProcessBuilder(
                                keytool,
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "SAN=ip:127.0.0.1,ip:0.0.0.0",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                PASSWORD)
                        .inheritIO()
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool makes no key");
        }
        var store = KeyStore.getInstance("PKCS12");
        try (var input = Files.newInputStream(file)) {
            store.load(input, PASSWORD.toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public void close() throws IOException {
        front.close();
        clear.stop(0);
        encrypted.stop(0);
    }
}
