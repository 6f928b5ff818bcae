package olympus.model.stack;

import java.time.Duration;
import java.util.Optional;
import olympus.model.stack.Settings.ProbeTimings;
import olympus.model.stack.Settings.RecoverySetting;

/** What a realm says for every service that does not say otherwise. */
record ServiceDefaults(
        RecoverySetting recovery,
        ProbeTimings probe,
        Optional<Duration> stopGracePeriod,
        Optional<String> owner) {

    static final ServiceDefaults NONE =
            new ServiceDefaults(
                    RecoverySetting.NONE, ProbeTimings.NONE, Optional.empty(), Optional.empty());

    static ServiceDefaults of(KeyTable.Fields fields) {
        return new ServiceDefaults(
                fields.get(RecoveryKeys.RECOVERY_KEY).orElse(RecoverySetting.NONE),
                fields.get(RealmKeys.DEFAULT_PROBE).orElse(ProbeTimings.NONE),
                fields.get(ServiceKeys.STOP_GRACE_PERIOD),
                fields.get(ServiceKeys.OWNER));
    }
}
