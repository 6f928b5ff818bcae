package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/**
 * The conditions of a measurement. The load at the start says whether others used the machine.
 *
 * @param load the averages over 1, 5 and 15 minutes
 */
record MachineFacts(
        int cores,
        String memory,
        String kernel,
        String jdk,
        String load,
        String commit,
        Instant at) {

    static MachineFacts now(Path root) throws IOException {
        var load = Files.readString(Path.of("/proc/loadavg")).split(" ");
        var memory =
                Files.readString(Path.of("/proc/meminfo"))
                        .lines()
                        .filter(line -> line.startsWith("MemTotal:"))
                        .map(line -> line.replaceAll("\\D", ""))
                        .findFirst()
                        .map(kibi -> Long.parseLong(kibi) / 1024 + " MiB")
                        .orElse("?");
        return new MachineFacts(
                Runtime.getRuntime().availableProcessors(),
                memory,
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
                "%s %s %s".formatted(load[0], load[1], load[2]),
                commit(root),
                Instant.now());
    }

    private static String commit(Path root) throws IOException {
        var git =
                new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=10")
                        .directory(root.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        var answer =
                new String(
                        git.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        try {
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer.strip() : "?";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    String sentence() {
        return "%s UTC, commit %s; %d cores, %s, Linux %s, JDK %s; load average at the start %s"
                .formatted(
                        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
                                .withZone(ZoneOffset.UTC)
                                .format(at),
                        commit,
                        cores,
                        memory,
                        kernel,
                        jdk.strip(),
                        load);
    }
}
