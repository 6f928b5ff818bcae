package olympus.cli.remote;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * A machine as the system's ssh reaches it, with that one's configuration, keys and known hosts.
 * Nothing is asked on the terminal. Scripts go through the input of a shell, so that no list of
 * processes shows what they hold. Threading: any.
 */
public final class Ssh {

    /** User, host and port as ssh takes them; nothing that it could take for an option. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_\\[][^\\s\\p{Cntrl}]{0,254}");

    private static final int MAX_OUTPUT = 64 << 10;
    private static final int MAX_TOLD = 600;

    /** What ssh itself ends with when it is not the command that failed. */
    private static final int NO_CONNECTION = 255;

    private static final List<String> OPTIONS =
            List.of(
                    "-T",
                    "-o",
                    "BatchMode=yes",
                    "-o",
                    "ConnectTimeout=10",
                    "-o",
                    "ServerAliveInterval=10",
                    "-o",
                    "ServerAliveCountMax=3",
                    "--");

    private final Path program;
    private final String host;

    /**
     * @param program ssh
     * @throws IllegalArgumentException when this cannot be a host
     */
    public Ssh(Path program, String host) {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "not a host: \"%s\"; expected HOST, USER@HOST or ssh://USER@HOST:PORT"
                            .formatted(host));
        }
        this.program = program;
        this.host = host;
    }

    /** What a shell there prints for this script. */
    String script(String elevation, String script, Duration deadline) throws RemoteFailure {
        return run(
                elevation + "sh -s",
                new ByteArrayInputStream(script.getBytes(StandardCharsets.UTF_8)),
                deadline);
    }

    /**
     * What a command there prints.
     *
     * @param input all of it is sent
     */
    String run(String command, InputStream input, Duration deadline) throws RemoteFailure {
        var words = new ArrayList<String>();
        words.add(program.toString());
        words.addAll(OPTIONS);
        words.add(host);
        words.add(command);
        try {
            var process = new ProcessBuilder(words).start();
            try {
                return output(process, input, deadline);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new RemoteFailure("%s cannot be run: %s".formatted(program, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteFailure("interrupted", e);
        }
    }

    private String output(Process process, InputStream input, Duration deadline)
            throws RemoteFailure, InterruptedException {
        var until = System.nanoTime() + deadline.toNanos();
        var output = started(() -> text(process.getInputStream()));
        var errors = started(() -> text(process.getErrorStream()));
        var sent = started(() -> sent(input, process));
        try {
            var said = output.get(left(until), TimeUnit.NANOSECONDS);
            var complaint = errors.get(left(until), TimeUnit.NANOSECONDS);
            if (!process.waitFor(left(until), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            if (process.exitValue() != 0) {
                throw failed(process.exitValue(), said, complaint);
            }
            if (!sent.get(left(until), TimeUnit.NANOSECONDS)) {
                throw new RemoteFailure("not all that was sent was taken");
            }
            return said;
        } catch (TimeoutException e) {
            throw new RemoteFailure("no answer within %d s".formatted(deadline.toSeconds()), e);
        } catch (ExecutionException e) {
            throw new RemoteFailure("what ssh prints cannot be read: " + e.getCause(), e);
        }
    }

    private RemoteFailure failed(int status, String said, String complaint) {
        var text = complaint.isBlank() ? said : complaint;
        var told = text.strip().replaceAll("\\s*\\n\\s*", "; ");
        var end = told.substring(Math.max(0, told.length() - MAX_TOLD));
        return new RemoteFailure(
                status == NO_CONNECTION
                        ? "ssh does not get there: %s. It must work without typing anything: ssh -o BatchMode=yes %s true"
                                .formatted(end, host)
                        : "it ended with %d: %s".formatted(status, end));
    }

    private static long left(long until) {
        return Math.max(0, until - System.nanoTime());
    }

    private static String text(InputStream stream) {
        try (stream) {
            var text = new String(stream.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
            // The rest is read too, so that the program never waits for its reader.
            stream.transferTo(OutputStream.nullOutputStream());
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether all of it was taken: a command may end before, and then says why. */
    private static boolean sent(InputStream input, Process process) {
        try (var output = process.getOutputStream()) {
            input.transferTo(output);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static <T> FutureTask<T> started(Callable<T> read) {
        var task = new FutureTask<>(read);
        Thread.ofVirtual().start(task);
        return task;
    }
}
