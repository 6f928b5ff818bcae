package olympus.link;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import olympus.link.keys.Certificates;

/** Where an agent finds one server. */
public sealed interface Dial {

    /** In words, for logs. */
    String where();

    /** The server of {@code olympus up}, in the same process. */
    record InProcess(String name) implements Dial {
        @Override
        public String where() {
            return "in-process:" + name;
        }
    }

    /**
     * A server over the network, with mutual TLS.
     *
     * @param island whose server must answer, whatever the address
     */
    record Tls(String host, int port, UUID island, LinkTls tls) implements Dial {
        @Override
        public String where() {
            return host + ":" + port;
        }
    }

    /** The island that must answer, where it is known beforehand. */
    default Optional<UUID> expectedIsland() {
        return switch (this) {
            case InProcess here -> Optional.empty();
            case Tls there -> Optional.of(there.island());
        };
    }

    /** A new channel; the caller shuts it down. */
    default ManagedChannel open(Executor callbacks) {
        ManagedChannelBuilder<?> builder =
                switch (this) {
                    case InProcess here -> InProcessChannelBuilder.forName(here.name());
                    case Tls there ->
                            NettyChannelBuilder.forAddress(
                                            there.host(),
                                            there.port(),
                                            there.tls().channelCredentials())
                                    .overrideAuthority(Certificates.replicaName(there.island()))
                                    .keepAliveTime(
                                            LinkLimits.AGENT_KEEP_ALIVE.toMillis(),
                                            TimeUnit.MILLISECONDS)
                                    .keepAliveTimeout(
                                            LinkLimits.KEEP_ALIVE_TIMEOUT.toMillis(),
                                            TimeUnit.MILLISECONDS)
                                    .keepAliveWithoutCalls(true);
                };
        return builder.executor(callbacks)
                .maxInboundMessageSize(LinkLimits.MAX_READ_BYTES)
                .disableRetry()
                .build();
    }
}
