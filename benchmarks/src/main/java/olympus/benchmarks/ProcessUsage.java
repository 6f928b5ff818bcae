package olympus.benchmarks;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What a living process uses at one instant, as the kernel counts it.
 *
 * @param nanos when, by {@link System#nanoTime}
 * @param cpuTicks user and system time since its start, in hundredths of a second (USER_HZ)
 * @param rssKib resident memory
 * @param pssKib resident memory, with each shared page divided by its sharers
 * @param writtenBytes handed to block devices since its start
 */
record ProcessUsage(
        long nanos, long cpuTicks, long rssKib, long pssKib, int threads, long writtenBytes) {

    private static final int UTIME = 11; // fields of /proc/PID/stat, counted after the name
    private static final int STIME = 12;
    private static final int THREADS = 17;
    private static final double TICKS_PER_SECOND = 100;

    static ProcessUsage of(long pid) {
        var folder = Path.of("/proc/" + pid);
        var stat = Processes.read(folder.resolve("stat"));
        if (stat.isEmpty()) {
            throw new IllegalStateException(
                    "process %d has gone; expected it to live".formatted(pid));
        }
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        var memory = Processes.read(folder.resolve("smaps_rollup"));
        return new ProcessUsage(
                System.nanoTime(),
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                value(memory, "Rss"),
                value(memory, "Pss"),
                Integer.parseInt(fields[THREADS]),
                value(Processes.read(folder.resolve("io")), "write_bytes"));
    }

    private static long value(String text, String name) {
        var matcher = Pattern.compile("(?m)^" + name + ":\\s+(\\d+)").matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Per cent of one core since an earlier look. */
    double cpuPercentSince(ProcessUsage earlier) {
        return 100 * (cpuTicks - earlier.cpuTicks) / TICKS_PER_SECOND / secondsSince(earlier);
    }

    double cpuSecondsSince(ProcessUsage earlier) {
        return (cpuTicks - earlier.cpuTicks) / TICKS_PER_SECOND;
    }

    /** Descriptors that a process has open, and how many it may have. */
    static String openFiles(long pid) {
        var limit =
                Pattern.compile("Max open files\\s+(\\S+)")
                        .matcher(Processes.read(Path.of("/proc/" + pid + "/limits")));
        var open = Path.of("/proc/" + pid + "/fd").toFile().list();
        return "%d of %s"
                .formatted(open == null ? 0 : open.length, limit.find() ? limit.group(1) : "?");
    }

    double writtenMibPerHourSince(ProcessUsage earlier) {
        return (writtenBytes - earlier.writtenBytes) / 1048576.0 * 3600 / secondsSince(earlier);
    }

    private double secondsSince(ProcessUsage earlier) {
        return (nanos - earlier.nanos) / 1e9;
    }
}
