package olympus.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/** The instances of one service under Olympus, in a stack of its own. */
record Instances(String stack, Starts starts, int count) implements Keeper {

    @Override
    public String name() {
        return "Olympus";
    }

    @Override
    public List<String> services() {
        return IntStream.rangeClosed(1, count).mapToObj(number -> "service" + number).toList();
    }

    /** The stack's file; {@code more} are further keys of the service. */
    String yaml(String... more) {
        var text =
                new StringBuilder(
                        """
                        name: %s
                        mode: manage
                        services:
                          service:
                            process: { command: ["%s"] }
                            deploy: { replicas: %d }
                        """
                                .formatted(
                                        stack,
                                        String.join(
                                                "\", \"",
                                                starts.command("service${OLYMPUS_ORDINAL}")),
                                        count));
        List.of(more).forEach(line -> text.append("    ").append(line).append('\n'));
        return text.toString();
    }
}
