package olympus.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A supervisor of somebody else, running in the foreground in a folder of its own.
 *
 * @param count of its services, {@code service0} and so on
 */
record Peer(String name, Starts starts, int count) implements Keeper {

    /** Starts {@code command} in the folder of {@code starts}, where its output goes too. */
    static Peer start(String name, Starts starts, int count, String... command) throws IOException {
        new ProcessBuilder(command)
                .directory(starts.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(starts.folder().resolve("output").toFile())
                .start();
        return new Peer(name, starts, count);
    }

    @Override
    public List<String> services() {
        return names(count);
    }

    static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(number -> "service" + number).toList();
    }
}
