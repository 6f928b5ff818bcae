package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the files say before it is resolved against folders, variables and defaults. */
final class Settings {

    private Settings() {}

    /**
     * A value together with whether reading it met no error; the value is empty when it could not
     * be read at all.
     */
    record Checked<T>(Optional<T> value, boolean sound) {}

    record EnvironmentSetting(Place place, String name, EnvironmentText value) {}

    /** What follows a variable's name in {@code environment}. */
    sealed interface EnvironmentText {
        record Plain(String text) implements EnvironmentText {}

        record FromSecret(String secret, Place place) implements EnvironmentText {}

        /** Only the name is given: the value comes from where the command is run. */
        record PassedOn() implements EnvironmentText {}
    }

    /**
     * @param raw values as they stand
     */
    record FileSetting(Place place, String path, boolean required, boolean raw) {}

    record PortSetting(
            Place place,
            Optional<String> name,
            String hostAddress,
            int first,
            int last,
            PortSpec.Protocol protocol) {}

    /**
     * @param key which value of the file, where SOPS encrypted it
     */
    record SecretSource(
            Optional<Located<String>> file,
            Optional<Located<String>> key,
            Optional<Located<String>> environment) {}

    record ProbeTimings(
            Optional<Duration> interval,
            Optional<Duration> timeout,
            Optional<Integer> retries,
            Optional<Duration> startPeriod) {

        static final ProbeTimings NONE =
                new ProbeTimings(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        Probe probe(Probe.Target target, ProbeTimings defaults) {
            var every = interval.or(defaults::interval).orElse(Probe.DEFAULT_INTERVAL);
            return new Probe(
                    target,
                    every,
                    timeout.or(defaults::timeout).orElse(Probe.defaultTimeout(every)),
                    retries.or(defaults::retries).orElse(Probe.DEFAULT_RETRIES),
                    startPeriod.or(defaults::startPeriod).orElse(Duration.ZERO));
        }
    }

    record ProbeSetting(List<Located<Probe.Target>> targets, ProbeTimings timings) {}

    /** What is empty is not said. */
    record DeploySetting(
            Optional<DeployPolicy.Mode> mode,
            Optional<Integer> replicas,
            ResourcesSetting resources,
            Optional<DeployPolicy.UpdatePolicy> update,
            Optional<PlacementPolicy> placement,
            Optional<Integer> priority) {

        static final DeploySetting NONE =
                new DeploySetting(
                        Optional.empty(),
                        Optional.empty(),
                        ResourcesSetting.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());

        DeployPolicy policy(DeploySetting otherwise) {
            return new DeployPolicy(
                    mode.or(otherwise::mode).orElse(DeployPolicy.Mode.REPLICATED),
                    replicas.or(otherwise::replicas).orElse(1),
                    resources
                            .limits()
                            .or(otherwise.resources::limits)
                            .orElse(DeployPolicy.Resources.UNLIMITED),
                    update.or(otherwise::update).orElse(DeployPolicy.UpdatePolicy.DEFAULT),
                    placement.or(otherwise::placement),
                    Optional.empty(),
                    resources.reservations().or(otherwise.resources::reservations),
                    priority.or(otherwise::priority));
        }
    }

    /** What is empty is not said. */
    record ResourcesSetting(
            Optional<DeployPolicy.Resources> limits,
            Optional<DeployPolicy.Reservations> reservations) {

        static final ResourcesSetting NONE =
                new ResourcesSetting(Optional.empty(), Optional.empty());
    }

    record BackoffSetting(Optional<Duration> initial, Optional<Duration> max) {}

    record RecoverySetting(
            Optional<Integer> attempts,
            Optional<Duration> within,
            BackoffSetting backoff,
            Optional<RecoveryPolicy.Then> then,
            Optional<RecoveryPolicy.Unhealthy> unhealthy) {

        static final RecoverySetting NONE =
                new RecoverySetting(
                        Optional.empty(),
                        Optional.empty(),
                        new BackoffSetting(Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty());

        RecoveryPolicy policy(RestartSetting restart, RecoverySetting defaults) {
            var standard = RecoveryPolicy.DEFAULT;
            return new RecoveryPolicy(
                    restart.restart(),
                    attempts.or(restart::attempts)
                            .or(defaults::attempts)
                            .orElse(standard.attempts()),
                    within.or(defaults::within).orElse(standard.within()),
                    new RecoveryPolicy.Backoff(
                            backoff.initial()
                                    .or(defaults.backoff::initial)
                                    .orElse(standard.backoff().initial()),
                            backoff.max()
                                    .or(defaults.backoff::max)
                                    .orElse(standard.backoff().max())),
                    then.or(defaults::then).orElse(standard.then()),
                    unhealthy.or(defaults::unhealthy));
        }
    }

    /**
     * @param word as written
     */
    record RestartSetting(RecoveryPolicy.Restart restart, Optional<Integer> attempts, String word) {
        static final RestartSetting ALWAYS =
                new RestartSetting(RecoveryPolicy.Restart.ALWAYS, Optional.empty(), "always");
    }
}
