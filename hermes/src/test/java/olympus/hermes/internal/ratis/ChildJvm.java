package olympus.hermes.internal.ratis;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a class of the tests in a process of its own. */
public final class ChildJvm {

    private ChildJvm() {}

    public static List<String> command(Class<?> main, String... arguments) {
        return command(classPath(), main, arguments);
    }

    /** With the classes of an older version, where it has them, instead of today's. */
    public static List<String> command(Path older, Class<?> main, String... arguments) {
        return command(older + File.pathSeparator + classPath(), main, arguments);
    }

    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static List<String> command(String classPath, Class<?> main, String... arguments) {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                classPath,
                                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What it prints goes to the file {@code output}. */
    public static Process start(Class<?> main, Path output, String... arguments)
            throws IOException {
        return new ProcessBuilder(command(main, arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
