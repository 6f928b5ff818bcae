package olympus.link;

import java.time.Duration;
import olympus.model.InstanceId;

/** Where a command runs on a node. */
public sealed interface ExecTarget {

    /** Within an instance. */
    record Instance(InstanceId id) implements ExecTarget {
        @Override
        public String toString() {
            return id.toString();
        }
    }

    /**
     * On the machine itself, as far as the machine's own list of allowed commands lets it.
     *
     * @param actor who has asked, for the machine's own records
     * @param deadline after which the machine ends it, whoever is still there
     * @param outputBytes that are sent at most; what comes after is thrown away
     */
    record Machine(String actor, Duration deadline, long outputBytes) implements ExecTarget {

        public Machine {
            if (actor.isBlank()) {
                throw new IllegalArgumentException("nobody has asked for it");
            }
            if (deadline.compareTo(LinkLimits.MAX_MACHINE_COMMAND) > 0
                    || deadline.isNegative()
                    || deadline.isZero()) {
                throw new IllegalArgumentException(
                        "a deadline of %s; expected up to %d s"
                                .formatted(deadline, LinkLimits.MAX_MACHINE_COMMAND.toSeconds()));
            }
            if (outputBytes < 0) {
                throw new IllegalArgumentException(outputBytes + " bytes of output");
            }
        }

        @Override
        public String toString() {
            return "the machine";
        }
    }
}
