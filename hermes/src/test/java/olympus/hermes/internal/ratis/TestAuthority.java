package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import olympus.hermes.log.PeerAccess;

/** An authority for the members of a test's group, made with the JDK's own keytool. */
public final class TestAuthority {

    private static final String PASSWORD = "changeit";

    private final Path folder;

    public TestAuthority(Path folder) {
        this.folder = folder;
        keytool("ca", "-genkeypair", "-alias", "ca", "-dname", "CN=test", "-ext", "bc:c=ca:true");
        keytool("ca", "-exportcert", "-rfc", "-alias", "ca", "-file", file("ca.pem"));
        keytool("trust", "-importcert", "-noprompt", "-alias", "ca", "-file", file("ca.pem"));
    }

    /** What a member on 127.0.0.1 shows and trusts. */
    public PeerAccess.Tls issue(String name) {
        issue(name, "127.0.0.1");
        return load(folder, name);
    }

    /** Makes a certificate for an address, to be loaded from the authority's folder. */
    public void issue(String name, String address) {
        keytool(name, "-genkeypair", "-alias", name, "-dname", "CN=" + name);
        keytool(name, "-certreq", "-alias", name, "-file", file(name + ".csr"));
        keytool(
                "ca",
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                file(name + ".csr"),
                "-outfile",
                file(name + ".pem"),
                "-ext",
                "san=ip:" + address);
        keytool(name, "-importcert", "-noprompt", "-alias", "ca", "-file", file("ca.pem"));
        keytool(name, "-importcert", "-noprompt", "-alias", name, "-file", file(name + ".pem"));
    }

    /** What was issued to {@code name} by the authority of {@code folder}. */
    public static PeerAccess.Tls load(Path folder, String name) {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(folder, name), PASSWORD.toCharArray());
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(folder, "trust"));
            return new PeerAccess.Tls(
                    first(X509ExtendedKeyManager.class, keys.getKeyManagers()),
                    first(X509ExtendedTrustManager.class, trust.getTrustManagers()));
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("no certificate for " + name, e);
        }
    }

    private static KeyStore store(Path folder, String name)
            throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
    }

    private static <T> T first(Class<T> type, Object[] managers) {
        return Arrays.stream(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private void keytool(String store, String command, String... arguments) {
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.add(command);
        line.addAll(List.of("-keystore", file(store + ".p12"), "-storepass", PASSWORD));
        if (command.equals("-genkeypair")) {
            line.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        }
        line.addAll(List.of(arguments));
        try {
            var log = folder.resolve("keytool.log").toFile();
            var process =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.to(log))
                            .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(
                        line + ": " + Files.readString(log.toPath(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new AssertionError("keytool cannot be run", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
