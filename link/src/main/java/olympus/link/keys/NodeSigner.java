package olympus.link.keys;

import java.time.Instant;
import java.util.List;
import olympus.link.keys.Authorities.Purpose;
import olympus.model.NodeId;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * Signs the certificates of machines that run only the agent. Every server of an island holds the
 * same authorities, so that each may sign.
 *
 * <p>Threading: any.
 */
public final class NodeSigner {

    private final Authorities authorities;
    private final Installation server;

    NodeSigner(Authorities authorities, Installation server) {
        this.authorities = authorities;
        this.server = server;
    }

    /** A certificate for {@code node}, good for {@link Certificates#VALIDITY} from {@code now}. */
    public IssuedCertificate sign(
            CertificateRequest request, NodeId node, String name, Instant now) {
        var issuer = authorities.issuer(Purpose.AGENTS);
        var uri = new NodeUri(server.realm(), server.island(), node).toString();
        var leaf =
                authorities
                        .issueAt(now)
                        .leaf(
                                name + " agent",
                                request.key(),
                                issuer,
                                Certificates.VALIDITY,
                                new CertificateIssue.LeafNames(
                                        List.of(KeyPurposeId.id_kp_clientAuth),
                                        List.of(
                                                new GeneralName(
                                                        GeneralName.uniformResourceIdentifier,
                                                        uri))));
        return IssuedCertificate.of(
                List.of(leaf, issuer.certificate()), authorities.trust(Purpose.REPLICAS));
    }
}
