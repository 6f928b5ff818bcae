package olympus.systemtests;

/** A version of Compose, which {@code ./verify} installs or fetches. */
enum ComposeVersion {
    ONE("docker-compose", "_", "1"),
    TWO(Installation.root().resolve("target/tools/docker-compose").toString(), "-", "2");

    private final String program;
    private final String between;
    private final String number;

    ComposeVersion(String program, String between, String number) {
        this.program = program;
        this.between = between;
        this.number = number;
    }

    String program() {
        return program;
    }

    /** The name of a service's first container. */
    String container(String project, String service) {
        return project + between + service + between + 1;
    }

    /** The name of a project that no other version has. */
    String project(String name) {
        return name + number;
    }
}
