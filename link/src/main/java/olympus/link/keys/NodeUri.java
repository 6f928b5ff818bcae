package olympus.link.keys;

import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import olympus.model.NodeId;

/**
 * The name of a node in a certificate: {@code olympus://realm/<uuid>/island/<uuid>/node/<uuid>}.
 */
public record NodeUri(UUID realm, UUID island, NodeId node) {

    private static final String UUID_PART = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
    private static final Pattern FORM =
            Pattern.compile(
                    "olympus://realm/%s/island/%s/node/%s"
                            .formatted(UUID_PART, UUID_PART, UUID_PART));
    private static final int SAN_URI = 6;

    /** Empty when {@code text} is no such name. */
    public static Optional<NodeUri> parse(String text) {
        var match = FORM.matcher(text);
        return match.matches()
                ? Optional.of(
                        new NodeUri(
                                UUID.fromString(match.group(1)),
                                UUID.fromString(match.group(2)),
                                NodeId.parse(match.group(3))))
                : Optional.empty();
    }

    /**
     * The node that {@code certificate} was issued to; empty when it names none, or more than one.
     */
    public static Optional<NodeUri> of(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return Optional.empty();
            }
            var found =
                    names.stream()
                            .filter(name -> name.get(0).equals(SAN_URI))
                            .map(name -> parse(name.get(1).toString()))
                            .flatMap(Optional::stream)
                            .toList();
            return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }

    public URI toUri() {
        return URI.create(toString());
    }

    @Override
    public String toString() {
        return "olympus://realm/%s/island/%s/node/%s".formatted(realm, island, node);
    }
}
