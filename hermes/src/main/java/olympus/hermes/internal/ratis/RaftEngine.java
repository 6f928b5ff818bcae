package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.log.LogConfig;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;

/**
 * One life of the engine: from opening its files to closing them. A {@link RatisLog} may go through
 * several, because an engine whose log has failed cannot be used again.
 */
final class RaftEngine {

    private static final long SNAPSHOT_TIMEOUT_MILLIS = 60_000;

    private final RaftServer server;
    private final RaftPeerId self;
    private final RaftGroupId group;
    private final RaftServer.Division division;
    private final RaftClientAsynchronousProtocol door;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    private RaftEngine(RaftServer server, RaftPeerId self, RaftGroupId group) throws IOException {
        this.server = server;
        this.self = self;
        this.group = group;
        this.division = server.getDivision(group);
        // The division takes requests on the caller's thread and keeps their order; the server
        // would hand them to a pool.
        this.door = division instanceof RaftClientAsynchronousProtocol direct ? direct : server;
    }

    /** Opens the engine on files that have been verified. */
    static RaftEngine start(LogConfig config, StateMachine machine) throws IOException {
        KeepProcess.ensure();
        if (config.listen().isPresent()) {
            requireFree(config.listen().get());
        }
        var group = RaftGroupId.valueOf(config.group());
        var self = RaftPeerId.valueOf(config.member());
        var peers = config.peers().stream().map(RaftEngine::peer).toList();
        var server =
                RaftServer.newBuilder()
                        .setServerId(self)
                        .setGroup(RaftGroup.valueOf(group, peers))
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .setStateMachineRegistry(any -> machine)
                        .setProperties(EngineSettings.of(config))
                        .build();
        try {
            server.start();
            return new RaftEngine(server, self, group);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw new IOException(
                    "the log of group %s in %s cannot be opened: %s"
                            .formatted(config.group(), config.folder(), e.getMessage()),
                    e);
        }
    }

    CompletableFuture<RaftClientReply> submit(Pending entry) {
        var request =
                RaftClientRequest.newBuilder()
                        .setClientId(client)
                        .setServerId(self)
                        .setGroupId(group)
                        .setCallId(calls.incrementAndGet())
                        .setMessage(entry)
                        .setType(RaftClientRequest.writeRequestType())
                        .build();
        try {
            return door.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Has the engine ask for the newest snapshot and purge what it covers. */
    CompletableFuture<Void> purge() {
        var request =
                SnapshotManagementRequest.newCreate(
                        client, self, group, calls.incrementAndGet(), SNAPSHOT_TIMEOUT_MILLIS);
        try {
            return server.snapshotManagementAsync(request)
                    .thenAccept(reply -> {
                        if (!reply.isSuccess()) {
                            throw new CompletionException(reply.getException());
                        }
                    });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    long term() {
        return division.getInfo().getCurrentTerm();
    }

    void close() throws IOException {
        server.close();
    }

    private static RaftPeer peer(LogConfig.Peer peer) {
        return RaftPeer.newBuilder()
                .setId(peer.id())
                .setAddress(peer.host() + ":" + peer.port())
                .build();
    }

    private static void requireFree(InetSocketAddress address) {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(
                    new InetSocketAddress(
                            InetAddress.getByName(address.getHostString()), address.getPort()));
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "the log cannot listen on %s:%d: %s. Stop what uses the port, or configure another one"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    e);
        }
    }

    /**
     * Keeps the engine from ending the process: by default it does so when it cannot bind its port
     * and, through the default handler that it installs, on an uncaught exception of any thread.
     */
    private static final class KeepProcess {
        static {
            var handler = Thread.getDefaultUncaughtExceptionHandler();
            ExitUtils.setTerminateOnUncaughtException(false);
            ExitUtils.disableSystemExit();
            Thread.setDefaultUncaughtExceptionHandler(handler);
        }

        static void ensure() {}
    }
}
