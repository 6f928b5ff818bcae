package olympus.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A started {@link ReplicaMain}, which is asked one question at a time. */
final class MemberProcess {

    private static final long PATIENCE_SECONDS = 90;

    private final Process process;
    private final Path output;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private MemberProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Returns once it listens. */
    static MemberProcess start(List<String> command, Path folder) throws Exception {
        var output = folder.resolve("output");
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()))
                        .start();
        var member = new MemberProcess(process, output);
        Thread.ofVirtual().start(member::readAnswers);
        member.answer("start");
        return member;
    }

    private void readAnswers() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith(ReplicaMain.ANSWER)) {
                    answers.add(line.substring(ReplicaMain.ANSWER.length()));
                }
            }
        } catch (IOException ended) {
            // Whoever waits for an answer is told so below.
        }
        answers.add("failed: the process has ended");
    }

    /** Returns once it is done. */
    void ask(String question) throws Exception {
        var writer = process.outputWriter(StandardCharsets.UTF_8);
        writer.write(question + "\n");
        writer.flush();
        answer(question);
    }

    private void answer(String question) throws Exception {
        var answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null || answer.startsWith("failed")) {
            throw new IOException(
                    "%s: %s (see %s)"
                            .formatted(question, answer == null ? "no answer" : answer, output));
        }
    }

    long pid() {
        return process.pid();
    }

    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** Asks it to end, so that a recording is written; the folder's sweep ends it otherwise. */
    void close() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
