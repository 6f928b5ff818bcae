package olympus.hermes;

import java.time.Instant;
import java.util.Optional;
import olympus.hermes.log.LogDisk;

/**
 * What a member says of itself when another asks it.
 *
 * @param supportedLevel the newest feature level that its version understands
 * @param appliedIndex the last entry of the log that its state shows
 * @param hash of its state after the entry that was asked for; empty when it does not remember it
 * @param logBytes segments of its log
 * @param refused why it takes no writes at present, e.g. because its disk is full
 */
public record MemberReport(
        int supportedLevel,
        long appliedIndex,
        long revision,
        Optional<Long> hash,
        Optional<Instant> lastSnapshot,
        long logBytes,
        LogDisk disk,
        Optional<String> refused) {}
