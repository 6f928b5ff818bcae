package olympus.hermes.internal.ratis;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/**
 * The engine's own transport, gRPC, with one thing besides: followers learn at once what is
 * committed ({@link PeerAppender}).
 *
 * <p>Public with a public constructor only because the engine makes it by the name of its class.
 */
public final class PeerTransport implements RpcType {

    public PeerTransport() {}

    @Override
    public String name() {
        return PeerTransport.class.getName();
    }

    @Override
    public ServerFactory newFactory(Parameters parameters) {
        return new Factory(parameters, Appenders.in(parameters));
    }

    /** Those that send to the followers while this member leads. Threading: any. */
    static final class Appenders {

        private static final String PARAMETER = "olympus.appenders";

        private final Map<RaftPeerId, PeerAppender> present = new ConcurrentHashMap<>();

        private static Appenders in(Parameters parameters) {
            return parameters.getNonNull(PARAMETER, Appenders.class);
        }

        void putInto(Parameters parameters) {
            parameters.put(PARAMETER, this, Appenders.class);
        }

        private PeerAppender add(PeerAppender appender) {
            present.put(appender.getFollowerId(), appender);
            return appender;
        }

        /** Has the followers learn now up to where the log is committed. */
        void announceCommit() {
            present.values().removeIf(appender -> !appender.isRunning());
            present.values().forEach(PeerAppender::announceCommit);
        }
    }

    private static final class Factory extends GrpcFactory {

        private final Appenders appenders;

        Factory(Parameters parameters, Appenders appenders) {
            super(parameters);
            this.appenders = appenders;
        }

        @Override
        public LogAppender newLogAppender(
                RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
            return appenders.add(new PeerAppender(server, leader, follower));
        }
    }
}
