package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Poll;
import olympus.model.state.InstanceSpec;

/**
 * The guardians of singletons. Each run has one, a process of its own ({@code shim.sh guard}) that
 * is there before the run and outlives the agent: it reads the lease that the agent writes into the
 * run's folder, and ends the run when that has run out. A guardian that is gone is replaced with
 * the next renewal.
 *
 * <p>Threading: any thread, one call at a time; blocks on files and processes. State: none but what
 * stands in the folders of runs.
 */
final class Guardians {

    static final String FENCING_TOKEN = "OLYMPUS_FENCING_TOKEN";

    private static final Duration BEGINS_WITHIN = Duration.ofSeconds(10);
    private static final long HUNDREDTH_NANOS = 10_000_000;

    private final InstanceFolders folders;
    private final String bootId;
    private final HeldLeases leases;

    Guardians(InstanceFolders folders, String bootId, HeldLeases leases) {
        this.folders = folders;
        this.bootId = bootId;
        this.leases = leases;
    }

    /**
     * To be done before the run begins. Answers with what the run finds in its environment; empty
     * for what needs no guardian.
     *
     * @param groups files through which the run is put into its groups
     * @throws IOException when there is no lease or no guardian: then nothing may begin
     */
    synchronized Map<String, String> begin(
            InstanceSpec spec, long run, RunFolder folder, List<Path> groups)
            throws IOException, InterruptedException {
        if (!HeldLeases.isSingleton(spec)) {
            return Map.of();
        }
        var lease =
                leases.of(spec)
                        .orElseThrow(() ->
                                new IOException("its lease ran out while it was being started"));
        write(folder, lease);
        start(spec, run, folder, groups);
        return Map.of(FENCING_TOKEN, Long.toString(lease.fencingToken(run)));
    }

    /**
     * Gives what runs the time that it was granted, and a guardian where that is gone. Answers with
     * why it could not.
     */
    synchronized Optional<String> renew(InstanceSpec spec) {
        try {
            var lease = leases.of(spec);
            var run = folders.runs(spec.id()).stream().findFirst();
            if (lease.isEmpty() || run.isEmpty()) {
                return Optional.empty();
            }
            var folder = folders.run(spec.id(), run.get());
            var isOfThis =
                    folder.intent()
                            .filter(intent ->
                                    intent.runToken().equals(spec.runToken())
                                            && intent.bootId().equals(bootId))
                            .isPresent();
            if (isOfThis && isThere(folder.child())) {
                write(folder, lease.get());
                if (!isThere(folder.guardian())) {
                    start(spec, run.get(), folder, List.of());
                }
            }
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of(
                    "the lease of %s cannot be renewed: %s"
                            .formatted(spec.id(), String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private boolean isThere(RunFolder.Claim claim) {
        return claim instanceof RunFolder.Claim.Held(var pid, var startTicks)
                && ProcFs.isAlive(new ProcessIdentity(bootId, pid, startTicks), bootId);
    }

    /**
     * In place and twice the same, so that it needs no room on a full disk, and a reader that comes
     * in between notices.
     */
    private static void write(RunFolder folder, HeldLeases.Held lease) throws IOException {
        var end = lease.endNanos() / HUNDREDTH_NANOS;
        var line = "%020d %d %020d%n".formatted(end, lease.revision(), end);
        try (var file =
                FileChannel.open(
                        folder.lease(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                file.write(bytes, bytes.position());
            }
        }
    }

    private void start(InstanceSpec spec, long run, RunFolder folder, List<Path> groups)
            throws IOException, InterruptedException {
        var stop = spec.definition().stop();
        var words =
                new ArrayList<>(
                        List.of("setsid", "--fork", "/bin/sh", folders.shim().toString(), "guard"));
        words.add(folder.path().toString());
        words.add(InstanceFolders.MARKER_NAME + "=" + folders.marker(spec.id(), run));
        words.add(ProcessDriver.joined(groups));
        words.add(Integer.toString(Sentences.signal(stop.signal())));
        words.add(Long.toString(stop.gracePeriod().toNanos() / HUNDREDTH_NANOS));
        var builder =
                new ProcessBuilder(words)
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        // Nothing of the run's: its mark is for what ends with it.
        builder.environment().keySet().retainAll(List.of("PATH"));
        var process = builder.start();
        if (!process.waitFor(BEGINS_WITHIN.toSeconds(), TimeUnit.SECONDS)
                || process.exitValue() != 0
                || Poll.within(
                                BEGINS_WITHIN,
                                () ->
                                        isThere(folder.guardian())
                                                ? Optional.of(true)
                                                : Optional.<Boolean>empty())
                        .isEmpty()) {
            process.destroyForcibly();
            throw new IOException("its guardian could not be started");
        }
    }
}
