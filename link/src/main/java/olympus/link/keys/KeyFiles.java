package olympus.link.keys;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.jspecify.annotations.Nullable;

/**
 * The files of the key folder: PEM certificates and keys, written whole or not at all, private ones
 * readable by their owner only. Errors name the file and what to do.
 *
 * <p>Limit: a file of more than {@link #MAX_FILE_BYTES} is none of ours and is refused.
 */
final class KeyFiles {

    static final int MAX_FILE_BYTES = 256 * 1024;

    private static final Set<PosixFilePermission> FOLDER =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> PUBLIC =
            PosixFilePermissions.fromString("rw-r--r--");
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final Base64.Encoder PEM_LINES =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private KeyFiles() {}

    /**
     * Creates {@code folder} (mode 0700) where it is missing and takes other people's rights from
     * it where not.
     */
    static void privateFolder(Path folder) {
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
            if (!Files.getPosixFilePermissions(folder).equals(FOLDER)) {
                Files.setPosixFilePermissions(folder, FOLDER);
            }
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    static void writePrivate(Path file, byte[] content) {
        write(file, content, PRIVATE);
    }

    static void writePublic(Path file, byte[] content) {
        write(file, content, PUBLIC);
    }

    /**
     * Writes a private file and a public one that belong together: a disk that has no room for both
     * leaves both as they were.
     */
    static void writePair(
            Path privateFile, byte[] privateContent, Path publicFile, byte[] publicContent) {
        prepare(privateFile, privateContent, PRIVATE);
        prepare(publicFile, publicContent, PUBLIC);
        putInPlace(privateFile);
        putInPlace(publicFile);
    }

    /** Spares the disk what it already holds. */
    static void writePublicIfChanged(Path file, byte[] content) {
        if (!Files.exists(file)
                || !Arrays.equals(read(file, "delete it: it is written anew"), content)) {
            writePublic(file, content);
        }
    }

    static byte[] read(Path file, String remedy) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw damaged(file, "it has more than " + MAX_FILE_BYTES + " bytes", remedy, null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.CORRUPT, "cannot read %s (%s); %s".formatted(file, e, remedy), e);
        }
    }

    /** Reads a private file; refuses one that other users of the machine may read. */
    static byte[] readPrivate(Path file, String remedy) {
        try {
            var open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            open.removeAll(PRIVATE);
            open.remove(PosixFilePermission.OWNER_EXECUTE);
            if (!open.isEmpty()) {
                throw new OlympusException(
                        ErrorCode.CORRUPT,
                        "the private file %s is open to other users (mode %s); expected rw-------: find out who may have read it, then chmod 600 it"
                                .formatted(
                                        file,
                                        PosixFilePermissions.toString(
                                                Files.getPosixFilePermissions(file))));
            }
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.CORRUPT, "cannot read %s (%s); %s".formatted(file, e, remedy), e);
        }
        return read(file, remedy);
    }

    static byte[] pem(List<X509Certificate> certificates) {
        var text = new StringBuilder();
        for (var certificate : certificates) {
            try {
                text.append("-----BEGIN CERTIFICATE-----\n")
                        .append(PEM_LINES.encodeToString(certificate.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            } catch (CertificateException e) {
                throw new IllegalArgumentException(
                        "a certificate that cannot be encoded: " + certificate, e);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] pem(PrivateKey key) {
        return (KEY_BEGIN
                        + "\n"
                        + PEM_LINES.encodeToString(key.getEncoded())
                        + "\n"
                        + KEY_END
                        + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The certificates of a PEM file, at least one, in the order of the file. */
    static List<X509Certificate> readCertificates(Path file, String remedy) {
        try {
            var found = certificates(read(file, remedy));
            if (found.isEmpty()) {
                throw damaged(file, "it holds no certificate", remedy, null);
            }
            return found;
        } catch (CertificateException e) {
            throw damaged(file, "it is no PEM certificate: " + e.getMessage(), remedy, e);
        }
    }

    /** The certificates of a PEM text, up to a private key that follows. */
    static List<X509Certificate> certificates(byte[] content) throws CertificateException {
        var text = new String(content, StandardCharsets.US_ASCII);
        var key = text.indexOf(KEY_BEGIN);
        var only = (key < 0 ? text : text.substring(0, key)).getBytes(StandardCharsets.US_ASCII);
        var found = new ArrayList<X509Certificate>();
        for (var certificate :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(only))) {
            found.add((X509Certificate) certificate);
        }
        return List.copyOf(found);
    }

    static PrivateKey readPrivateKey(Path file, String remedy) {
        var text = new String(readPrivate(file, remedy), StandardCharsets.US_ASCII);
        var begin = text.indexOf(KEY_BEGIN);
        var end = text.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw damaged(file, "it holds no PEM block PRIVATE KEY", remedy, null);
        }
        try {
            var der =
                    Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(file, "it is no EC private key: " + e.getMessage(), remedy, e);
        }
    }

    static OlympusException damaged(
            Path file, String how, String remedy, @Nullable Throwable cause) {
        var message = "the file %s is damaged: %s; %s".formatted(file, how, remedy);
        return cause == null
                ? new OlympusException(ErrorCode.CORRUPT, message)
                : new OlympusException(ErrorCode.CORRUPT, message, cause);
    }

    private static void write(Path file, byte[] content, Set<PosixFilePermission> mode) {
        prepare(file, content, mode);
        putInPlace(file);
    }

    private static void prepare(Path file, byte[] content, Set<PosixFilePermission> mode) {
        try {
            Durable.prepare(file, content, PosixFilePermissions.asFileAttribute(mode));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void putInPlace(Path file) {
        try {
            Durable.putInPlace(file);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static OlympusException unwritable(Path file, IOException cause) {
        return new OlympusException(
                ErrorCode.UNAVAILABLE,
                "cannot write %s (%s); the data folder must belong to the user that runs Olympus and its disk must have room"
                        .formatted(file, cause),
                cause);
    }
}
