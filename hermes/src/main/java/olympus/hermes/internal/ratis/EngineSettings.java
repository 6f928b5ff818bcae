package olympus.hermes.internal.ratis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.PeerAccess;
import olympus.hermes.log.ReplicatedLog;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every setting of the engine that differs from its default, and why. */
final class EngineSettings {

    private static final int APPENDER_BUFFER_BYTES = 2 * ReplicatedLog.MAX_ENTRY_BYTES;
    private static final int POOL_THREADS = 4;
    private static final Duration ELECTION_MIN = Duration.ofMillis(500);
    private static final Duration ELECTION_MAX = Duration.ofSeconds(1);
    private static final Duration FIRST_ELECTION_ALONE = Duration.ofMillis(2);
    private static final Duration RETRY_CACHE = Duration.ofSeconds(5);

    /** A newcomer that answers nothing for so long is not added. */
    private static final Duration NEWCOMER_PATIENCE = Duration.ofSeconds(10);

    /**
     * A pause closes no member, however long (a laptop sleeps), and deposes none that nobody could
     * take over from.
     */
    private static final Duration PAUSE_WITHOUT_CONSEQUENCE = Duration.ofDays(365);

    private EngineSettings() {}

    static RaftProperties of(LogConfig config) {
        var properties = new RaftProperties();
        storage(properties, config);
        log(properties, config);
        snapshots(properties);
        timing(properties, config.peers().isEmpty());
        pools(properties);
        transport(properties, config);
        return properties;
    }

    private static void storage(RaftProperties properties, LogConfig config) {
        var logs = new StoreLayout(config.folder()).logs();
        RaftServerConfigKeys.setStorageDir(properties, List.of(logs.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, config.folder().resolve("removed-groups").toFile());
        // A full disk must not keep the store from opening: submissions are refused instead (see
        // DiskSpace).
        RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.valueOf(0));
    }

    private static void log(RaftProperties properties, LogConfig config) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(
                properties, SizeInBytes.valueOf(config.limits().segmentBytes()));
        // The default of 4 MB writes and flushes that many zeros at a time.
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(1 << 20, config.limits().segmentBytes())));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(64L << 20));
        RaftServerConfigKeys.Log.setWriteBufferSize(
                properties, SizeInBytes.valueOf(2L * APPENDER_BUFFER_BYTES));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(
                properties, SizeInBytes.valueOf(APPENDER_BUFFER_BYTES));
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        // Default: one more entry and flush after every commit.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        RaftServerConfigKeys.Log.setCorruptionPolicy(
                properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Both would acknowledge what is not on the disk.
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
    }

    private static void snapshots(RaftProperties properties) {
        // A member that lags is told, and fetches the snapshot itself (SnapshotParts): the engine
        // would replace the whole folder, and flushes nothing.
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, SnapshotShelf.KEPT);
    }

    private static void timing(RaftProperties properties, boolean alone) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, duration(ELECTION_MIN));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, duration(ELECTION_MAX));
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, duration(RETRY_CACHE));
        RaftServerConfigKeys.setStagingTimeout(properties, duration(NEWCOMER_PATIENCE));
        RaftServerConfigKeys.setCloseThreshold(properties, duration(PAUSE_WITHOUT_CONSEQUENCE));
        if (alone) {
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                    properties, duration(FIRST_ELECTION_ALONE));
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                    properties, duration(FIRST_ELECTION_ALONE.multipliedBy(2)));
            RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                    properties, duration(PAUSE_WITHOUT_CONSEQUENCE));
        }
    }

    private static void pools(RaftProperties properties) {
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, POOL_THREADS);
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, POOL_THREADS);
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, POOL_THREADS);
    }

    private static void transport(RaftProperties properties, LogConfig config) {
        if (config.peers().isEmpty()) {
            RaftConfigKeys.Rpc.setType(properties, new NoPeers());
            return;
        }
        var address = config.peers().get().listen();
        RaftConfigKeys.Rpc.setType(properties, new PeerTransport());
        GrpcConfigKeys.Server.setHost(properties, address.getHostString());
        GrpcConfigKeys.Server.setPort(properties, address.getPort());
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(properties, false);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, POOL_THREADS);
        GrpcConfigKeys.Server.setBossGroupSize(properties, 1);
        GrpcConfigKeys.Server.setWorkerGroupSize(properties, POOL_THREADS);
        GrpcConfigKeys.Client.setWorkerGroupSize(properties, POOL_THREADS);
    }

    /** The certificates and our own messages, which are objects and not settings. */
    static Parameters parameters(
            Optional<GrpcTlsConfig> tls, PeerMessages messages, PeerTransport.Appenders appenders) {
        var parameters = new Parameters();
        appenders.putInto(parameters);
        tls.ifPresent(config -> GrpcConfigKeys.TLS.setConf(parameters, config));
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, messages);
        return parameters;
    }

    static Optional<GrpcTlsConfig> tls(LogConfig config) {
        return config.peers()
                .flatMap(PeerAccess::tls)
                .map(tls -> new GrpcTlsConfig(tls.keys(), tls.trust(), true));
    }

    private static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
