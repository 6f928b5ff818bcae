package olympus.benchmarks;

/** Stacks of services that do nothing, so that what is measured is Olympus. */
final class SmallStack {

    private SmallStack() {}

    /** The file of a stack with this many services, {@code s1} and on. */
    static String of(String stack, int services) {
        var yaml = new StringBuilder("name: %s%nmode: manage%nservices:%n".formatted(stack));
        for (var number = 1; number <= services; number++) {
            yaml.append("  s%d: { process: { command: [sleep, \"86400\"] } }%n".formatted(number));
        }
        return yaml.toString();
    }
}
