package olympus.hermes.internal.ratis;

import java.time.Duration;
import java.util.Optional;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.thirdparty.com.codahale.metrics.Timer;

/**
 * How long the engine's flushes of the log take, as its own metrics tell: the last ones weigh most.
 * Threading: any.
 */
final class FlushTimes {

    private static final String COMPONENT = "log_worker";
    private static final String TIMER = "syncTime";

    private final String member;

    FlushTimes(RaftGroupMemberId member) {
        this.member = member.toString();
    }

    /** Empty before the first flush. */
    Optional<Duration> p99() {
        return MetricRegistries.global().getMetricRegistries().stream()
                .filter(this::isOfTheLog)
                .filter(RatisMetricRegistryImpl.class::isInstance)
                .map(registry -> ((RatisMetricRegistryImpl) registry).get(TIMER))
                .filter(Timer.class::isInstance)
                .map(Timer.class::cast)
                .filter(timer -> timer.getCount() > 0)
                .map(timer -> Duration.ofNanos((long) timer.getSnapshot().get99thPercentile()))
                .findFirst();
    }

    private boolean isOfTheLog(RatisMetricRegistry registry) {
        var info = registry.getMetricRegistryInfo();
        return info.getMetricsComponentName().equals(COMPONENT) && info.getPrefix().equals(member);
    }
}
