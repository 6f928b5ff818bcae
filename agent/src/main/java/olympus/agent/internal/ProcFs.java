package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the kernel tells about processes under {@code /proc}. Stateless; safe for use by any thread.
 */
final class ProcFs {

    private static final Path PROC = Path.of("/proc");

    private ProcFs() {}

    /** The parts of {@code /proc/<pid>/stat} that matter here. */
    record Stat(
            long pid,
            String command,
            char state,
            long parent,
            long group,
            long session,
            long startTicks) {

        /** Ended, only not yet reaped by its parent. */
        boolean isZombie() {
            return state == 'Z' || state == 'X';
        }
    }

    static String bootId() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the kernel's boot id; is /proc mounted?", e);
        }
    }

    /**
     * Empty when there is no such process; throws {@link UncheckedIOException} when that cannot be
     * told.
     */
    static Optional<Stat> stat(long pid) {
        var folder = PROC.resolve(Long.toString(pid));
        try {
            var bytes = Files.readAllBytes(folder.resolve("stat"));
            return parse(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            if (isAbsent(folder)) {
                return Optional.empty();
            }
            throw new UncheckedIOException(
                    "cannot tell whether process %d is there: %s".formatted(pid, e.getMessage()),
                    e);
        }
    }

    private static boolean isAbsent(Path file) {
        try {
            Files.readAttributes(file, BasicFileAttributes.class);
            return false;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException unknown) {
            return false;
        }
    }

    private static Optional<Stat> parse(String line) {
        var open = line.indexOf('(');
        var close = line.lastIndexOf(')');
        if (open < 0 || close < open) {
            return Optional.empty();
        }
        var fields = line.substring(close + 2).split(" ");
        if (fields.length < 20) {
            return Optional.empty();
        }
        return Optional.of(
                new Stat(
                        Long.parseLong(line.substring(0, open - 1)),
                        line.substring(open + 1, close),
                        fields[0].charAt(0),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[2]),
                        Long.parseLong(fields[3]),
                        Long.parseLong(fields[19])));
    }

    /**
     * Whether exactly this process is there and has not ended; throws {@link UncheckedIOException}
     * when that cannot be told.
     */
    static boolean isAlive(ProcessIdentity identity, String bootId) {
        return identity.bootId().equals(bootId)
                && stat(identity.pid())
                        .filter(stat ->
                                stat.startTicks() == identity.startTicks() && !stat.isZombie())
                        .isPresent();
    }

    /**
     * The numbers of all processes; throws {@link UncheckedIOException} when /proc is unreadable.
     */
    static List<Long> pids() {
        var pids = new ArrayList<Long>();
        var names = PROC.toFile().list();
        if (names == null) {
            throw new UncheckedIOException(
                    new IOException(PROC + " cannot be listed; are too many files open?"));
        }
        for (var name : names) {
            if (Character.isDigit(name.charAt(0))) {
                pids.add(Long.parseLong(name));
            }
        }
        return pids;
    }

    /**
     * The first entry of the environment that begins so; empty when there is none or it is
     * unreadable.
     */
    static Optional<String> environmentEntry(long pid, String prefix) {
        return read(PROC.resolve(pid + "/environ"))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(text -> text.contains(prefix))
                .flatMap(text ->
                        java.util.Arrays.stream(text.split("\0"))
                                .filter(entry -> entry.startsWith(prefix))
                                .findFirst());
    }

    /** Whether this is a shim at work ({@code shim.sh hold …}) rather than what it keeps. */
    static boolean isShim(long pid) {
        return read(PROC.resolve(pid + "/cmdline"))
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                .filter(line -> line.contains("/shim.sh\0hold\0"))
                .isPresent();
    }

    /**
     * How a shim was started.
     *
     * @param directory where its command was started
     * @param command with the words that limit it and switch to its user
     */
    record Shim(String directory, List<String> command, Map<String, String> environment) {}

    /** The shim that keeps the run of this folder, while it does. */
    static Optional<Shim> shimOf(Path run) {
        return read(run.resolve("shim"))
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).strip().split(" ")[0])
                .filter(word -> word.matches("\\d{1,9}"))
                .map(Long::parseLong)
                .filter(ProcFs::isShim)
                .flatMap(ProcFs::shim);
    }

    private static Optional<Shim> shim(long pid) {
        var words = entries(pid, "cmdline");
        var hold = words.indexOf("hold");
        if (hold < 0 || words.size() < hold + 4) {
            return Optional.empty();
        }
        var environment = new TreeMap<String, String>();
        for (var entry : entries(pid, "environ")) {
            var parts = entry.split("=", 2);
            environment.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return Optional.of(
                new Shim(words.get(hold + 2), words.subList(hold + 4, words.size()), environment));
    }

    private static List<String> entries(long pid, String file) {
        return read(PROC.resolve(pid + "/" + file))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.substring(0, text.length() - 1).split("\0", -1)))
                .orElse(List.of());
    }

    /**
     * A process that vanishes or is not ours to read gives nothing: both are expected answers here.
     * Throws {@link UncheckedIOException} when it is this process that cannot read.
     */
    private static Optional<byte[]> read(Path file) {
        for (var attempt = 0; attempt < 2; attempt++) {
            try {
                return Optional.of(Files.readAllBytes(file));
            } catch (IOException vanishedForbiddenOrOurFault) {
                checkThatOwnFilesAreReadable();
            }
        }
        return Optional.empty();
    }

    /**
     * What fails for its own files too (no descriptors left) says nothing about the other process.
     */
    private static void checkThatOwnFilesAreReadable() {
        try {
            Files.readAllBytes(PROC.resolve("self/stat"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at processes: " + e.getMessage(), e);
        }
    }
}
