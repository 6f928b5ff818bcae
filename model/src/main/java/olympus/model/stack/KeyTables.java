package olympus.model.stack;

import java.util.List;

/** Every key table of each file, in the order of the reference page; the file's own table first. */
final class KeyTables {

    static final List<KeyTable> STACK =
            List.of(
                    StackKeys.STACK,
                    StackKeys.INCLUDED,
                    ServiceKeys.SERVICE,
                    ProcessKeys.PROCESS,
                    ProcessKeys.ENVIRONMENT_SECRET,
                    ProcessKeys.ENV_FILE,
                    PortKeys.PORT,
                    ServiceKeys.SINGLETON_BLOCK,
                    ServiceKeys.DEPENDENCY,
                    ProbeKeys.PROBE,
                    RecoveryKeys.RECOVERY,
                    RecoveryKeys.BACKOFF,
                    DeployKeys.DEPLOY,
                    DeployKeys.RESOURCES,
                    DeployKeys.LIMITS,
                    DeployKeys.RESERVATIONS,
                    DeployKeys.DEVICE,
                    DeployKeys.UPDATE,
                    DeployKeys.PLACEMENT,
                    DeployKeys.PREFERENCE,
                    StackKeys.SECRET);

    static final List<KeyTable> REALM =
            List.of(
                    RealmKeys.REALM,
                    RealmKeys.DEFAULTS,
                    ProbeKeys.PROBE_DEFAULTS,
                    RecoveryKeys.RECOVERY,
                    RecoveryKeys.BACKOFF,
                    RealmKeys.NODE);

    private KeyTables() {}
}
