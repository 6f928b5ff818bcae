package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.files.StoreGroup;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.hermes.log.Group.Standing;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.thirdparty.com.google.common.net.HostAndPort;
import org.apache.ratis.util.ExitUtils;

/**
 * One life of the engine: from opening its files to closing them. A {@link RatisLog} may go through
 * several, because an engine whose log has failed cannot be used again.
 */
final class RaftEngine {

    private static final long SNAPSHOT_TIMEOUT_MILLIS = 60_000;
    private static final long TRANSFER_TIMEOUT_MILLIS = 5_000;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(20);
    private static final Duration FAILURE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration FAILURE_LOOK = Duration.ofMillis(2);

    private final RaftServer server;
    private final PeerTransport.Appenders appenders;
    private final RaftPeerId self;
    private final RaftGroupId group;
    private final RaftServer.Division division;
    private final RaftClientAsynchronousProtocol door;
    private final FlushTimes flushes;
    private final long termOfFiles;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    private RaftEngine(
            RaftServer server,
            PeerTransport.Appenders appenders,
            RaftPeerId self,
            RaftGroupId group)
            throws IOException {
        this.server = server;
        this.appenders = appenders;
        this.self = self;
        this.group = group;
        this.flushes = new FlushTimes(RaftGroupMemberId.valueOf(self, group));
        this.division = server.getDivision(group);
        this.termOfFiles = termOfFiles(division);
        // The division takes requests on the caller's thread and keeps their order; the server
        // would hand them to a pool.
        this.door = division instanceof RaftClientAsynchronousProtocol direct ? direct : server;
    }

    /** Opens the engine on files that have been verified. */
    static RaftEngine start(LogConfig config, StateMachine machine, PeerMessages messages)
            throws IOException {
        KeepProcess.ensure();
        if (config.peers().isPresent()) {
            requireFree(config.peers().get().listen());
        }
        var group = RaftGroupId.valueOf(config.group());
        var self = RaftPeerId.valueOf(config.member());
        // Only on an empty folder; later the members are those of the log.
        var joins =
                config.peers().map(PeerAccess::joins).orElse(false)
                        && !StoreGroup.founded(config.folder());
        var peers = joins ? List.<RaftPeer>of() : List.of(peer(self(config)));
        var appenders = new PeerTransport.Appenders();
        var server =
                RaftServer.newBuilder()
                        .setServerId(self)
                        .setGroup(RaftGroup.valueOf(group, peers))
                        .setOption(RaftStorage.StartupOption.RECOVER)
                        .setStateMachineRegistry(any -> machine)
                        .setProperties(EngineSettings.of(config))
                        .setParameters(
                                EngineSettings.parameters(
                                        EngineSettings.tls(config), messages, appenders))
                        .build();
        try {
            server.start();
            return new RaftEngine(server, appenders, self, group);
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

    /** Has the followers learn now up to where the log is committed. */
    void announceCommit() {
        appenders.announceCommit();
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

    /** This member and where others reach it. */
    static Member self(LogConfig config) {
        return config.peers()
                .map(access -> new Member(config.member(), access.host(), access.port()))
                .orElseGet(() -> new Member(config.member(), "127.0.0.1", 0));
    }

    /** The members by the newest list in the log, committed or not. */
    Members members(Member known) {
        return members(division.getRaftConf(), known);
    }

    private static Members members(RaftConfiguration list, Member known) {
        return new Members(
                list.getCurrentPeers(RaftPeerRole.FOLLOWER).stream()
                        .map(peer -> member(peer, known))
                        .toList());
    }

    /** In the order that {@link Standing} promises; empty once the engine is closed. */
    Optional<Standing> standing(Member known) {
        if (!division.getInfo().isAlive()) {
            return Optional.empty();
        }
        var leads = division.getInfo().isLeader();
        var committed = division.getRaftLog().getLastCommittedIndex();
        var list = division.getRaftConf();
        var settled =
                list.getPreviousPeers().isEmpty() && list.getLogEntryIndex() <= committed
                        ? Optional.of(members(list, known))
                        : Optional.<Members>empty();
        return Optional.of(new Standing(leads, committed, settled, Math.max(term(), termOfFiles)));
    }

    /**
     * The term of the last entry, or else of the snapshot, that the engine was opened with. Its own
     * record of the term can be older: when it could not be written, the engine refuses the vote,
     * and takes entries of that term all the same.
     */
    private static long termOfFiles(RaftServer.Division division) {
        var last = division.getRaftLog().getLastEntryTermIndex();
        var applied = division.getStateMachine().getLastAppliedTermIndex();
        return Math.max(last == null ? 0 : last.getTerm(), applied == null ? 0 : applied.getTerm());
    }

    CompletableFuture<Void> change(Members from, Members to) {
        var arguments =
                SetConfigurationRequest.Arguments.newBuilder()
                        .setServersInCurrentConf(peers(from))
                        .setServersInNewConf(peers(to))
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .build();
        try {
            return done(
                    server.setConfigurationAsync(
                            new SetConfigurationRequest(
                                    client, self, group, calls.incrementAndGet(), arguments)),
                    "the members were not changed");
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    CompletableFuture<Void> transfer(String member) {
        try {
            return done(
                    server.transferLeadershipAsync(
                            new TransferLeadershipRequest(
                                    client,
                                    self,
                                    group,
                                    calls.incrementAndGet(),
                                    RaftPeerId.valueOf(member),
                                    TRANSFER_TIMEOUT_MILLIS)),
                    "%s did not take the lead".formatted(member));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletableFuture<Void> done(
            CompletableFuture<RaftClientReply> asked, String otherwise) {
        return asked.thenAccept(reply -> {
            if (!reply.isSuccess()) {
                throw new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        otherwise + ": " + reply.getException().getMessage(),
                        reply.getException());
            }
        });
    }

    private static List<RaftPeer> peers(Members members) {
        return members.voters().stream().map(RaftEngine::peer).toList();
    }

    /** The list may hold an address that was written before this member had one. */
    private static Member member(RaftPeer peer, Member known) {
        if (peer.getId().toString().equals(known.id())) {
            return known;
        }
        var address = HostAndPort.fromString(peer.getAddress());
        return new Member(peer.getId().toString(), address.getHost(), address.getPort());
    }

    /** How long the slowest of a hundred flushes took lately. */
    Optional<Duration> flushP99() {
        return flushes.p99();
    }

    long term() {
        return division.getInfo().getCurrentTerm();
    }

    /** The leader that this member follows, unless it has been silent for longer than that. */
    Optional<String> leaderHeardWithin(Duration silence) {
        var role = division.getInfo().getRoleInfoProto();
        if (!role.hasFollowerInfo()) {
            return Optional.empty();
        }
        var leader = role.getFollowerInfo().getLeaderInfo();
        return Optional.of(leader.getId().getId().toStringUtf8())
                .filter(id -> !id.isEmpty())
                .filter(_ -> leader.getLastRpcElapsedTimeMs() <= silence.toMillis());
    }

    /**
     * Ends it within {@link #CLOSE_DEADLINE}. An engine that does not end is left behind without
     * its files: what still runs of it touches nothing any more.
     */
    void close() throws IOException {
        var closing =
                new FutureTask<>(() -> {
                    server.close();
                    return true;
                });
        Thread.ofPlatform().daemon(true).name("hermes-engine-close").start(closing);
        try {
            closing.get(CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            division.getRaftStorage().close();
            throw new IOException(
                    "the engine has not ended within %s; a thread of it is left behind"
                            .formatted(CLOSE_DEADLINE),
                    late);
        } catch (ExecutionException e) {
            throw new IOException("the engine was not closed in order: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the engine was being closed", e);
        }
    }

    /**
     * Closes one whose log has failed. The engine then closes its log, and the thread that applies
     * notices when it wants the next entry. If a close from outside waits for that thread by then,
     * it goes round for ever and the close never returns; so it is let fail first.
     */
    void closeFailed() throws IOException {
        var end = System.nanoTime() + FAILURE_PATIENCE.toNanos();
        while (!hasFailed() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(FAILURE_LOOK.toNanos());
        }
        close();
    }

    private boolean hasFailed() {
        return division.getInfo().getLifeCycleState().isClosingOrClosed()
                || (isLogClosed() && allIsApplied());
    }

    private boolean isLogClosed() {
        try {
            division.getRaftLog().get(division.getRaftLog().getLastCommittedIndex());
            return false;
        } catch (IOException | IllegalStateException closed) {
            return true;
        }
    }

    private boolean allIsApplied() {
        return division.getInfo().getLastAppliedIndex()
                >= division.getRaftLog().getLastCommittedIndex();
    }

    private static RaftPeer peer(Member member) {
        return RaftPeer.newBuilder().setId(member.id()).setAddress(member.address()).build();
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
