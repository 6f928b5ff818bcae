package olympus.link.keys;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import olympus.foundation.OlympusException;
import olympus.link.keys.Authorities.Purpose;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of this machine, kept in {@code keys/}: {@code https}, {@code agent} and {@code
 * replica}, each a {@code .crt} (PEM, the chain without the root) and a {@code .key} (PEM, PKCS #8,
 * mode 0600), and beside them what others trust: {@code https-ca.pem} for browsers and the command
 * line, {@code agents-trust.pem} and {@code replicas-trust.pem} for the two ends of the link.
 *
 * <p>They are issued when missing, when a name is missing in them, and when less than {@link
 * #RENEW_BEFORE} is left; whoever uses them asks {@link #current} at each handshake, so that a
 * renewal needs no restart.
 *
 * <p>Failure: what is due but cannot be written (a full disk) stays in force as long as it is
 * valid, and stands among {@link #problems} until a later {@link #renewIfDue} succeeds.
 *
 * <p>Threading: {@link #renewIfDue} by one thread; {@link #current} and {@link #problems} by any.
 */
public final class Certificates {

    public static final Duration VALIDITY = Duration.ofDays(90);
    public static final Duration RENEW_BEFORE = Duration.ofDays(30);
    public static final String HTTPS_CA = "https-ca.pem";

    private final Path folder;
    private final Installation owner;
    private final Authorities authorities;
    private final Set<String> hosts;
    private volatile Map<Kind, Credential> current = Map.of();
    private volatile List<String> problems = List.of();

    /** What a certificate of this machine is for. */
    public enum Kind {
        HTTPS("https", Purpose.PEOPLE),
        AGENT("agent", Purpose.AGENTS),
        REPLICA("replica", Purpose.REPLICAS);

        private final String file;
        private final Purpose issuer;

        Kind(String file, Purpose issuer) {
            this.file = file;
            this.issuer = issuer;
        }
    }

    private Certificates(
            Path folder, Installation owner, Authorities authorities, Set<String> hosts) {
        this.folder = folder;
        this.owner = owner;
        this.authorities = authorities;
        this.hosts = Set.copyOf(hosts);
    }

    /** Reads the certificates under {@code keysFolder} and issues those that are missing or due. */
    public static Certificates openOrIssue(
            Path keysFolder,
            Installation owner,
            Authorities authorities,
            Set<String> hosts,
            Instant now) {
        var certificates = new Certificates(keysFolder, owner, authorities, hosts);
        certificates.renewIfDue(now);
        return certificates;
    }

    /**
     * The name by which the certificates of an island's replicas are checked, whatever address they
     * are dialled at.
     */
    public static String replicaName(UUID island) {
        return island + ".island.olympus.internal";
    }

    /** Whose certificates these are. */
    public UUID island() {
        return owner.island();
    }

    /** The certificate in force for {@code kind}. */
    public Credential current(Kind kind) {
        var credential = current.get(kind);
        if (credential == null) {
            throw new IllegalStateException("no certificate for " + kind);
        }
        return credential;
    }

    /** With which machines that run only the agent are let in. */
    public NodeSigner nodeSigner() {
        return new NodeSigner(authorities, owner);
    }

    /** The certificates that vouch for others of {@code purpose}. */
    public List<X509Certificate> trust(Purpose purpose) {
        return authorities.trust(purpose);
    }

    public Path chainFile(Kind kind) {
        return folder.resolve(kind.file + ".crt");
    }

    public Path keyFile(Kind kind) {
        return folder.resolve(kind.file + ".key");
    }

    /**
     * Issues again what expires soon or lacks a name. Returns what was issued, for the log; mostly
     * nothing.
     *
     * @throws OlympusException when there is no valid certificate and none can be issued
     */
    public List<String> renewIfDue(Instant now) {
        var issued = new ArrayList<String>();
        var failed = new ArrayList<String>();
        unlessRefused(
                "the authorities could not be renewed",
                () -> issued.addAll(authorities.renewIfDue(now)),
                failed);
        var next = new EnumMap<Kind, Credential>(Kind.class);
        for (var kind : Kind.values()) {
            next.put(kind, inForce(kind, now, issued, failed));
        }
        current = Map.copyOf(next);
        unlessRefused("what others trust could not be written", this::writeTrust, failed);
        problems = List.copyOf(failed);
        return List.copyOf(issued);
    }

    /** What could not be renewed or written at the last look, each as a sentence. */
    public List<String> problems() {
        return problems;
    }

    private Credential inForce(Kind kind, Instant now, List<String> issued, List<String> failed) {
        var kept = current.containsKey(kind) ? current(kind) : load(kind);
        if (kept == null || !isValid(kind, kept, now)) {
            issued.add(kind.file);
            return issue(kind, now);
        }
        if (!isDue(kind, kept, now)) {
            return kept;
        }
        var renewed = new ArrayList<Credential>();
        unlessRefused(
                "certificate %s could not be renewed, %d days are left"
                        .formatted(kind.file, kept.daysLeft(now)),
                () -> renewed.add(issue(kind, now)),
                failed);
        if (renewed.isEmpty()) {
            return kept;
        }
        issued.add(kind.file);
        return renewed.getFirst();
    }

    private static void unlessRefused(String otherwise, Runnable task, List<String> failed) {
        try {
            task.run();
        } catch (OlympusException refused) {
            failed.add("%s; tried again by itself: %s".formatted(otherwise, refused.getMessage()));
        }
    }

    /** Every certificate of this installation, with its last day. */
    public List<Expiry> expiries(Instant now) {
        var all = new ArrayList<Expiry>();
        for (var kind : Kind.values()) {
            all.add(Expiry.of(kind.file, chainFile(kind), current(kind), now));
        }
        all.addAll(authorities.expiries(now));
        return List.copyOf(all);
    }

    private boolean isValid(Kind kind, Credential kept, Instant now) {
        return now.isBefore(kept.expires())
                && !now.isBefore(kept.certificate().getNotBefore().toInstant())
                && KeyMatch.signedBy(
                        kept.certificate(), authorities.issuer(kind.issuer).certificate());
    }

    private boolean isDue(Kind kind, Credential kept, Instant now) {
        return !now.plus(RENEW_BEFORE).isBefore(kept.expires())
                || !namesIn(kept.certificate()).containsAll(namesOf(kind));
    }

    private Credential issue(Kind kind, Instant now) {
        var issue = authorities.issueAt(now);
        var issuer = authorities.issuer(kind.issuer);
        var key = issue.newKey();
        var names = new CertificateIssue.LeafNames(purposes(kind), alternativeNames(kind));
        var leaf =
                issue.leaf(
                        owner.nodeName() + " " + kind.file,
                        key.getPublic(),
                        issuer,
                        VALIDITY,
                        names);
        var credential = new Credential(List.of(leaf, issuer.certificate()), key.getPrivate());
        KeyFiles.writePair(
                keyFile(kind),
                KeyFiles.pem(credential.key()),
                chainFile(kind),
                KeyFiles.pem(credential.chain()));
        return credential;
    }

    /**
     * Null when there is none, or when a crash between the writing of the two files left halves of
     * different ones.
     */
    private @Nullable Credential load(Kind kind) {
        if (!Files.exists(chainFile(kind)) || !Files.exists(keyFile(kind))) {
            return null;
        }
        var remedy =
                "delete %s and %s: both are issued anew at the next start"
                        .formatted(chainFile(kind), keyFile(kind));
        var credential =
                new Credential(
                        KeyFiles.readCertificates(chainFile(kind), remedy),
                        KeyFiles.readPrivateKey(keyFile(kind), remedy));
        return KeyMatch.matches(credential) ? credential : null;
    }

    private void writeTrust() {
        writeTrust(HTTPS_CA, List.of(authorities.root()));
        writeTrust("agents-trust.pem", trust(Purpose.AGENTS));
        writeTrust("replicas-trust.pem", trust(Purpose.REPLICAS));
    }

    private void writeTrust(String name, List<X509Certificate> trusted) {
        KeyFiles.writePublicIfChanged(folder.resolve(name), KeyFiles.pem(trusted));
    }

    private static List<KeyPurposeId> purposes(Kind kind) {
        return switch (kind) {
            case HTTPS -> List.of(KeyPurposeId.id_kp_serverAuth);
            case AGENT -> List.of(KeyPurposeId.id_kp_clientAuth);
            case REPLICA -> List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
        };
    }

    private List<GeneralName> alternativeNames(Kind kind) {
        var names = new ArrayList<GeneralName>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, owner.uri().toString()));
        names.addAll(Hosts.toSubjectAlternativeNames(hostsOf(kind)));
        return names;
    }

    private Set<String> hostsOf(Kind kind) {
        return switch (kind) {
            case HTTPS -> hosts;
            case AGENT -> Set.of();
            case REPLICA -> {
                var all = new TreeSet<>(hosts);
                all.add(replicaName(owner.island()));
                yield all;
            }
        };
    }

    private Set<String> namesOf(Kind kind) {
        var names = new TreeSet<String>();
        names.add(owner.uri().toString());
        hostsOf(kind).forEach(host -> names.add(Hosts.normalised(host)));
        return names;
    }

    private static Set<String> namesIn(X509Certificate certificate) {
        try {
            var names = new TreeSet<String>();
            var alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.forEach(name -> names.add(Hosts.normalised(name.get(1).toString())));
            }
            return names;
        } catch (java.security.cert.CertificateParsingException e) {
            return Set.of();
        }
    }
}
