package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A script that a shell took from its input, as on a machine that ssh reaches. */
record ShellRun(int status, String output) {

    static ShellRun of(String script, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-s").redirectErrorStream(true);
        builder.environment().putAll(environment);
        var shell = builder.start();
        try (var input = shell.getOutputStream()) {
            input.write(script.getBytes(StandardCharsets.UTF_8));
        }
        var output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new ShellRun(shell.waitFor(), output);
    }

    String mustSucceed() {
        assertThat(status).as(output).isZero();
        return output;
    }
}
