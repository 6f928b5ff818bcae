package olympus.link;

import java.util.concurrent.CompletionException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.proto.Certificate;
import olympus.link.proto.ServerAddress;
import olympus.link.proto.Servers;

/** What belongs to an island, to messages and back; pure. As {@link Wire}. */
final class MemberWire {

    private MemberWire() {}

    static Servers servers(ServerList list) {
        return Servers.newBuilder()
                .setIncarnation(list.incarnation())
                .setRevision(list.revision())
                .addAllServers(
                        list.servers().stream()
                                .map(server ->
                                        ServerAddress.newBuilder()
                                                .setMember(server.member())
                                                .setHost(server.host())
                                                .setPort(server.port())
                                                .build())
                                .toList())
                .build();
    }

    static ServerList servers(Servers message) {
        try {
            return new ServerList(
                    message.getIncarnation(),
                    message.getRevision(),
                    message.getServersList().stream()
                            .map(server ->
                                    new ServerList.Entry(
                                            server.getMember(), server.getHost(), server.getPort()))
                            .toList());
        } catch (IllegalArgumentException e) {
            throw new OlympusException(
                    ErrorCode.INVALID, "a list of servers: " + e.getMessage(), e);
        }
    }

    static olympus.link.proto.CertificateRequest request(CertificateRequest request) {
        return olympus.link.proto.CertificateRequest.newBuilder().setPkcs10(request.text()).build();
    }

    static CertificateRequest request(olympus.link.proto.CertificateRequest message) {
        return CertificateRequest.parse(message.getPkcs10());
    }

    static Certificate issued(IssuedCertificate issued) {
        return Certificate.newBuilder()
                .setIssued(
                        olympus.link.proto.IssuedCertificate.newBuilder()
                                .setChain(issued.chain())
                                .setTrust(issued.trust()))
                .build();
    }

    static Certificate refused(Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        var told =
                cause instanceof OlympusException known
                        ? Wire.failure(known.code(), String.valueOf(known.getMessage()))
                        : Wire.failure(ErrorCode.INTERNAL, "a bug: " + cause);
        return Certificate.newBuilder().setFailure(told).build();
    }

    static IssuedCertificate issued(Certificate message) {
        if (message.hasFailure()) {
            throw Wire.failure(message.getFailure());
        }
        try {
            return new IssuedCertificate(
                    message.getIssued().getChain(), message.getIssued().getTrust());
        } catch (IllegalArgumentException e) {
            throw new OlympusException(ErrorCode.INVALID, "a certificate: " + e.getMessage(), e);
        }
    }
}
