package olympus.agent.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.engine.Usage;

/**
 * What the processes of a run use together, by {@code /proc} (proc_pid_stat(5), proc_pid_status(5),
 * proc_pid_io(5)). Memory that they share counts for each of them. Processes that end while it is
 * looked are left out; their time on the processor is their parent's then.
 *
 * @param isDiskKnown whether the kernel lets us see what they read and wrote
 */
record ProcessUse(
        Instant at,
        long cpuNanos,
        long memoryBytes,
        long processes,
        Usage.Flow disk,
        boolean isDiskKnown) {

    /** The kernel tells times in hundredths of a second, whatever its own clock (USER_HZ). */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int FIRST_TIME = 11;
    private static final int TIMES = 4;

    /**
     * @param at the time of this look
     */
    static ProcessUse of(List<Long> pids, Instant at) {
        var cpu = 0L;
        var memory = 0L;
        var count = 0;
        var in = 0L;
        var out = 0L;
        var isDiskKnown = true;
        for (var pid : pids) {
            var folder = Path.of("/proc", Long.toString(pid));
            var stat = read(folder.resolve("stat"));
            if (stat.isEmpty()) {
                continue;
            }
            count++;
            cpu += ticks(stat.get()) * NANOS_PER_TICK;
            memory += read(folder.resolve("status")).map(text -> number(text, "VmRSS")).orElse(0L);
            var io = read(folder.resolve("io"));
            isDiskKnown &= io.isPresent();
            in += io.map(text -> number(text, "read_bytes")).orElse(0L);
            out += io.map(text -> number(text, "write_bytes")).orElse(0L);
        }
        return new ProcessUse(at, cpu, memory * 1_024, count, new Usage.Flow(in, out), isDiskKnown);
    }

    Usage usage(long memoryLimit) {
        return new Usage(
                at, cpuNanos, memoryBytes, memoryLimit, processes, new Usage.Flow(0, 0), disk);
    }

    /** Its own and that of children that it has waited for, as user and in the kernel. */
    private static long ticks(String stat) {
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        var ticks = 0L;
        for (var i = FIRST_TIME; i < FIRST_TIME + TIMES && i < fields.length; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks;
    }

    private static long number(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip().split("\\s+")[0])
                .filter(word -> word.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException endedOrNotOurs) {
            return Optional.empty();
        }
    }
}
