package olympus.agent.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.Mask;

/**
 * Writes what the journal has of a unit into the files of its present run, from which {@link
 * OutputCollector} takes it like the output of a process; what is an error there goes to stderr.
 *
 * <p>Neither loses nor doubles lines: beside the files stands the cursor up to which they are
 * accounted for, and how long they were then. Whoever goes on asks for what follows the cursor, and
 * leaves out as many bytes as the files are longer by now. Threading: one thread runs {@link
 * #copy}; the rest from any, waiting for one line to be written at most.
 */
final class JournalPump {

    static final int TAKEN_OVER_LINES = 1_000;

    private static final Duration TOOL_WITHIN = Duration.ofSeconds(30);
    private static final int SHOWN = 300;
    private static final int RUNS_REMEMBERED = 4;
    private static final int ACCOUNT_EVERY_BYTES = 64 * 1024;

    private final String program;
    private final String unit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, String> lastErrors = new LinkedHashMap<>();
    private volatile Optional<Process> process = Optional.empty();
    private volatile boolean closed;

    private volatile RunFolder folder;
    private volatile Optional<OutputFiles> files = Optional.empty();
    private Account account = Account.BEFORE_ALL;
    private Account now = Account.BEFORE_ALL;

    JournalPump(String program, String unit, RunFolder folder) {
        this.program = program;
        this.unit = unit;
        this.folder = folder;
    }

    /**
     * How far the journal is accounted for.
     *
     * @param cursor of an entry; empty when there was none
     * @param isTaken whether that entry itself is accounted for
     */
    private record Account(String cursor, boolean isTaken, long stdout, long stderr) {

        static final Account BEFORE_ALL = new Account("", false, 0, 0);

        Account plus(JournalEntry entry, int bytes) {
            return new Account(
                    entry.cursor(),
                    true,
                    stdout + (entry.isError() ? 0 : bytes),
                    stderr + (entry.isError() ? bytes : 0));
        }

        Account at(long out, long err) {
            return new Account(cursor, isTaken, out, err);
        }

        List<String> from() {
            if (cursor.isEmpty()) {
                return List.of();
            }
            return List.of((isTaken ? "--after-cursor=" : "--cursor=") + cursor);
        }
    }

    /** Runs until {@link #close}, or until it cannot go on: then answers with why. */
    Optional<String> copy() throws InterruptedException {
        try {
            begin();
            follow();
            return closed ? Optional.empty() : Optional.of(why("journalctl has ended"));
        } catch (IOException | UncheckedIOException e) {
            return closed ? Optional.empty() : Optional.of(why(String.valueOf(e.getMessage())));
        } finally {
            end();
        }
    }

    private String why(String what) {
        return "the journal of %s is not being read: %s".formatted(unit, what);
    }

    private void begin() throws IOException, InterruptedException {
        while (files.isEmpty()) {
            var of = folder;
            var known = read(of);
            var from = known.isPresent() ? known.get() : lastLines();
            lock.lock();
            try {
                // Another run may have begun meanwhile.
                if (of.equals(folder)) {
                    account = from;
                    now = from;
                    if (known.isEmpty()) {
                        write(from);
                    }
                    files = Optional.of(new OutputFiles(of, from.stdout(), from.stderr()));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of a unit that was not known before: from its last lines on. */
    private Account lastLines() throws IOException, InterruptedException {
        var answer =
                Tool.run(
                        command("--lines=" + TAKEN_OVER_LINES, "--output-fields=PRIORITY"),
                        TOOL_WITHIN);
        return answer.output()
                .lines()
                .map(JournalEntry::parse)
                .flatMap(Optional::stream)
                .findFirst()
                .map(first -> new Account(first.cursor(), false, 0, 0))
                .orElse(Account.BEFORE_ALL);
    }

    private List<String> command(String... further) {
        var words =
                new ArrayList<>(
                        List.of(
                                program,
                                "--unit=" + unit,
                                "--output=json",
                                "--all",
                                "--quiet",
                                "--no-pager"));
        words.addAll(List.of(further));
        return words;
    }

    private void follow() throws IOException {
        var words = command("--output-fields=" + JournalEntry.FIELDS, "--follow", "--no-tail");
        words.addAll(now.from());
        var started = Tool.start(words, ProcessBuilder.Redirect.DISCARD);
        process = Optional.of(started);
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            var line = lines.readLine();
            while (line != null && !closed) {
                JournalEntry.parse(line).ifPresent(this::take);
                line = lines.readLine();
            }
        } finally {
            started.destroyForcibly();
        }
    }

    private void take(JournalEntry entry) {
        var text = (entry.message() + "\n").getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            var open = files.orElseThrow();
            open.append(entry.isError(), text, () -> closed);
            now = now.plus(entry, text.length);
            if (entry.isError()) {
                keep(entry);
            }
            var since = now.stdout() + now.stderr() - account.stdout() - account.stderr();
            if (since >= ACCOUNT_EVERY_BYTES && open.hasCaughtUp()) {
                write(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What no run can be told of is nobody's last word. */
    private void keep(JournalEntry entry) {
        if (!entry.invocation().isEmpty()) {
            lastErrors.remove(entry.invocation());
            lastErrors.put(entry.invocation(), shortened(Mask.of(entry.message())));
            if (lastErrors.size() > RUNS_REMEMBERED) {
                lastErrors.remove(lastErrors.keySet().iterator().next());
            }
        }
    }

    private static String shortened(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }

    /**
     * The last entry of a run that was an error, without what looks like a password; empty for
     * none.
     */
    String lastErrorOf(String invocation) {
        lock.lock();
        try {
            return lastErrors.getOrDefault(invocation, "");
        } finally {
            lock.unlock();
        }
    }

    /** A new run has begun: what comes from now on is its output. */
    void moveTo(RunFolder next) throws IOException {
        lock.lock();
        try {
            if (next.equals(folder)) {
                return;
            }
            if (files.isEmpty()) {
                // Not begun: it will go on from where the run before was left.
                goOn(folder, next);
                folder = next;
                return;
            }
            var open = files.get();
            folder = next;
            // What is still to be left out is so there, too.
            now = now.at(-open.left(false), -open.left(true));
            write(now);
            open.close();
            files = Optional.of(new OutputFiles(next, now.stdout(), now.stderr()));
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            if (files.filter(OutputFiles::hasCaughtUp).isPresent()) {
                write(now);
            }
            if (files.isPresent()) {
                files.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the output of " + unit, e);
        } finally {
            files = Optional.empty();
            lock.unlock();
        }
    }

    private void goOn(RunFolder before, RunFolder next) throws IOException {
        var known = read(before);
        if (known.isPresent()) {
            var at = known.get();
            try (var open = new OutputFiles(before, at.stdout(), at.stderr())) {
                write(next, at.at(-open.left(false), -open.left(true)));
            }
        }
    }

    private Optional<Account> read(RunFolder of) {
        return RecordFile.values(position(of))
                .filter(values -> unit.equals(values.get("unit")))
                .flatMap(JournalPump::account);
    }

    private static Path position(RunFolder folder) {
        return folder.path().resolve("position");
    }

    private static Optional<Account> account(Map<String, String> values) {
        try {
            return Optional.of(
                    new Account(
                            values.getOrDefault("cursor", ""),
                            Boolean.parseBoolean(values.getOrDefault("taken", "")),
                            Long.parseLong(values.getOrDefault("stdout", "")),
                            Long.parseLong(values.getOrDefault("stderr", ""))));
        } catch (NumberFormatException notAnAccount) {
            return Optional.empty();
        }
    }

    private void write(Account next) {
        write(folder, next);
        account = next;
    }

    private void write(RunFolder of, Account next) {
        var values = new LinkedHashMap<String, String>();
        values.put("unit", unit);
        values.put("cursor", next.cursor());
        values.put("taken", Boolean.toString(next.isTaken()));
        values.put("stdout", Long.toString(next.stdout()));
        values.put("stderr", Long.toString(next.stderr()));
        RecordFile.writeUnlessRemoved(position(of), values);
    }

    void close() {
        closed = true;
        process.ifPresent(Process::destroyForcibly);
    }
}
