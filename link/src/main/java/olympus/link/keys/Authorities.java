package olympus.link.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.FileTree;
import olympus.foundation.OlympusException;

/**
 * The realm's authorities: a root that signs nothing but three issuing authorities, one each for
 * replicas, agents and people. They are separate because whoever the replica authority vouches for
 * is a full peer of the store.
 *
 * <p>Kept in {@code keys/authority/}: made whole at the first start (a folder renamed into place),
 * then only read; issuing authorities are signed again, with the same key, {@link #RENEW_BEFORE}
 * before they expire. What other machines trust is a list ({@link #trust}), so that a new authority
 * can be added before an old one goes.
 *
 * <p>Threading: one thread renews, the one that starts the process or its keeper; any may sign.
 */
public final class Authorities {

    public static final Duration ROOT_VALIDITY = Duration.ofDays(20 * 365);
    public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(10 * 365);
    public static final Duration RENEW_BEFORE = Duration.ofDays(2 * 365);

    static final String FOLDER = "authority";

    private static final String ROOT = "root";
    private static final String REMEDY =
            "restore the folder keys/authority from a backup, or move it and the certificates in keys away to make new authorities (every agent must then enrol again)";

    private final Path folder;
    private final SecureRandom random;
    private final Credential root;
    private final Map<Purpose, Credential> issuing = new ConcurrentHashMap<>();

    /** Whom an issuing authority vouches for. */
    public enum Purpose {
        /** Servers, to each other and to agents. */
        REPLICAS,
        /** Agents, to servers. */
        AGENTS,
        /** HTTPS: to browsers and the command line. */
        PEOPLE;

        String file() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Authorities(Path folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
        this.root = load(ROOT);
        for (var purpose : Purpose.values()) {
            issuing.put(purpose, load(purpose.file()));
        }
        checkIssuedByRoot();
    }

    /**
     * Reads the authorities kept under {@code keysFolder}, or makes them there at the first start.
     */
    public static Authorities openOrCreate(
            Path keysFolder, Installation owner, Instant now, SecureRandom random) {
        var folder = keysFolder.resolve(FOLDER);
        if (!Files.exists(folder)) {
            KeyFiles.privateFolder(keysFolder);
            create(folder, owner, new CertificateIssue(now, random));
        }
        return new Authorities(folder, random);
    }

    /** The names of the files that hold them. */
    static List<String> files() {
        return Stream.concat(Stream.of(ROOT), Arrays.stream(Purpose.values()).map(Purpose::file))
                .flatMap(name -> Stream.of(name + ".crt", name + ".key"))
                .toList();
    }

    /** The certificates that a party who deals with {@code purpose} trusts. */
    public List<X509Certificate> trust(Purpose purpose) {
        return List.of(issuer(purpose).certificate());
    }

    public X509Certificate root() {
        return root.certificate();
    }

    Credential issuer(Purpose purpose) {
        var found = issuing.get(purpose);
        if (found == null) {
            throw new IllegalStateException("no authority for " + purpose);
        }
        return found;
    }

    CertificateIssue issueAt(Instant now) {
        return new CertificateIssue(now, random);
    }

    /** Signs issuing authorities again that would expire soon. Returns the names of those. */
    List<String> renewIfDue(Instant now) {
        var renewed = new ArrayList<String>();
        for (var purpose : Purpose.values()) {
            var old = issuer(purpose);
            if (now.plus(RENEW_BEFORE).isBefore(old.expires())) {
                continue;
            }
            var name = commonName(old.certificate());
            var again =
                    issueAt(now)
                            .authority(
                                    name,
                                    old.certificate().getPublicKey(),
                                    root,
                                    AUTHORITY_VALIDITY);
            KeyFiles.writePublic(
                    folder.resolve(purpose.file() + ".crt"), KeyFiles.pem(List.of(again)));
            issuing.put(purpose, new Credential(List.of(again), old.key()));
            renewed.add(purpose.file() + " authority");
        }
        return renewed;
    }

    List<Expiry> expiries(Instant now) {
        var all = new ArrayList<Expiry>();
        all.add(Expiry.of("realm root", folder.resolve(ROOT + ".crt"), root, now));
        for (var purpose : Purpose.values()) {
            all.add(
                    Expiry.of(
                            purpose.file() + " authority",
                            folder.resolve(purpose.file() + ".crt"),
                            issuer(purpose),
                            now));
        }
        return all;
    }

    private static void create(Path folder, Installation owner, CertificateIssue issue) {
        var unfinished = folder.resolveSibling(FOLDER + ".new");
        try {
            FileTree.delete(unfinished);
            KeyFiles.privateFolder(unfinished);
            var rootKey = issue.newKey();
            var name = "Olympus realm " + owner.realm();
            var root =
                    new Credential(
                            List.of(issue.root(name, rootKey, ROOT_VALIDITY)),
                            rootKey.getPrivate());
            store(unfinished, ROOT, root);
            for (var purpose : Purpose.values()) {
                var key = issue.newKey();
                var certificate =
                        issue.authority(
                                name + " " + purpose.file(),
                                key.getPublic(),
                                root,
                                AUTHORITY_VALIDITY);
                store(
                        unfinished,
                        purpose.file(),
                        new Credential(List.of(certificate), key.getPrivate()));
            }
            Durable.rename(unfinished, folder);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot make the realm's authorities in %s (%s); the data folder must be writable and its disk must have room"
                            .formatted(folder, e),
                    e);
        }
    }

    private static void store(Path folder, String name, Credential credential) {
        KeyFiles.writePrivate(folder.resolve(name + ".key"), KeyFiles.pem(credential.key()));
        KeyFiles.writePublic(folder.resolve(name + ".crt"), KeyFiles.pem(credential.chain()));
    }

    private Credential load(String name) {
        var certificateFile = folder.resolve(name + ".crt");
        var keyFile = folder.resolve(name + ".key");
        var credential =
                new Credential(
                        KeyFiles.readCertificates(certificateFile, REMEDY),
                        KeyFiles.readPrivateKey(keyFile, REMEDY));
        if (!KeyMatch.matches(credential)) {
            throw KeyFiles.damaged(
                    keyFile, "it is not the key of " + certificateFile, REMEDY, null);
        }
        return credential;
    }

    private void checkIssuedByRoot() {
        for (var purpose : Purpose.values()) {
            if (!KeyMatch.signedBy(issuer(purpose).certificate(), root.certificate())) {
                throw KeyFiles.damaged(
                        folder.resolve(purpose.file() + ".crt"),
                        "it was not signed by " + folder.resolve(ROOT + ".crt"),
                        REMEDY,
                        null);
            }
        }
    }

    private static String commonName(X509Certificate certificate) {
        var name =
                org.bouncycastle.asn1.x500.X500Name.getInstance(
                        certificate.getSubjectX500Principal().getEncoded());
        return name.getRDNs(org.bouncycastle.asn1.x500.style.BCStyle.CN)[0]
                .getFirst()
                .getValue()
                .toString();
    }
}
