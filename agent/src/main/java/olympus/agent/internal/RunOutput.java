package olympus.agent.internal;

import olympus.model.InstanceId;

/** Whoever keeps what runs write. Threading: any; nothing blocks. */
interface RunOutput {

    /** A run is there (started or adopted). */
    void expect(InstanceId id, long run);

    /** A run has ended. */
    void ended(InstanceId id);

    /** The instance is gone; its folder is about to be removed. */
    void forget(InstanceId id);
}
