package olympus.cli.discover;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that the owner of a machine probably does not know and should.
 *
 * @param subjects names of what it is about: containers, units, files, folders
 * @param what half a sentence, about the present
 * @param why it matters, half a sentence
 * @param next what to do or to look at
 */
public record Finding(
        Severity severity,
        Kind kind,
        List<String> subjects,
        String what,
        Optional<Instant> since,
        String why,
        String next) {

    public Finding {
        subjects = List.copyOf(subjects);
    }

    /** Worst first. */
    public enum Severity {
        /** Does not do its work now. */
        BROKEN,
        /** Works, and will hurt at the next reboot, full disk or lost disk. */
        AT_RISK,
        /** Could be better. */
        ADVICE
    }

    /** Worst first, within a severity. */
    public enum Kind {
        CONTAINER_UNHEALTHY,
        CONTAINER_CRASH_LOOP,
        CONTAINER_DOWN,
        UNIT_FAILED,
        UNIT_FLAPPING,
        TIMER_FAILED,
        CRON_BROKEN,
        DISK_NEARLY_FULL,
        BACKUP_OLD,
        BACKUP_MISSING,
        NO_RESTART_AT_BOOT,
        UNIT_DOWN,
        TIMER_DOWN,
        OPEN_DATA_STORE,
        IMAGE_LATEST
    }

    static Finding of(
            Severity severity, Kind kind, String subject, String what, String why, String next) {
        return new Finding(severity, kind, List.of(subject), what, Optional.empty(), why, next);
    }

    Finding since(Optional<Instant> instant) {
        return new Finding(severity, kind, subjects, what, instant, why, next);
    }
}
