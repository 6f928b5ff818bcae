package olympus.agent;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** An agent in a JVM of its own, to be killed. */
public final class AgentMain {

    private AgentMain() {}

    /** Arguments: data folder, number of instances. */
    public static void main(String[] arguments) throws InterruptedException {
        var folder = Path.of(arguments[0]);
        var agent = new RunningAgent(folder);
        agent.assign(specs(folder, Integer.parseInt(arguments[1])));
        new CountDownLatch(1).await();
    }

    static Specs[] specs(Path folder, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n ->
                        Specs.shell(
                                folder,
                                "first/web." + n,
                                "touch up." + n + "; exec sh -c 'sleep 600; :' " + folder))
                .toArray(Specs[]::new);
    }
}
