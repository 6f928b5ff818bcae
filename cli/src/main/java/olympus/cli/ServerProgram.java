package olympus.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the server's program does for the commands that run inside it. The command line declares
 * their options once, so that help, completion and manual pages know them wherever they are asked
 * for; each method returns the exit code.
 */
public interface ServerProgram {

    /** {@code olympus up}. */
    int up(Up order);

    /** {@code olympus demo}. */
    int demo(Demo order);

    /** {@code olympus store …}. */
    int store(Store order);

    /** {@code olympus servers recover}. */
    int recover(Offline order);

    /** {@code olympus snapshot restore}. */
    int restore(Path snapshot, Offline order);

    /** {@code olympus server}: as {@code up}, as one of several servers. */
    int server(Up order);

    /** {@code olympus agent}. */
    int agent(AgentStart order);

    /**
     * What {@code agent} was told.
     *
     * @param join which server lets the machine in; empty: it was let in before
     * @param name what people shall call the node; empty: as the machine is called
     * @param advertise under which address services of this node are reached; empty: that from
     *     which servers see it
     */
    record AgentStart(
            Optional<Path> dataFolder,
            Optional<Join> join,
            Optional<String> name,
            Optional<String> advertise,
            boolean stopServices) {}

    /**
     * What {@code up} was told.
     *
     * @param stacks folders to apply once ready, in this order
     */
    record Up(
            Optional<Path> dataFolder,
            Listen listen,
            List<Path> stacks,
            Optional<Path> configuration,
            boolean stopServices,
            Optional<Join> join) {
        public Up {
            stacks = List.copyOf(stacks);
        }
    }

    /** Where it shall listen, and under which host others reach it; empty: as configured. */
    record Listen(
            Optional<String> api,
            Optional<String> peers,
            Optional<String> agents,
            Optional<String> advertise) {

        /** Only the API's address is given. */
        public static Listen api(Optional<String> address) {
            return new Listen(address, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * Which server to join. Its text shows no token.
     *
     * @param address of a server's API
     */
    record Join(String address, String token) {
        @Override
        public String toString() {
            return "Join[" + address + "]";
        }
    }

    /**
     * What {@code demo} was told.
     *
     * @param servers how many run on this machine
     */
    record Demo(
            Optional<Path> dataFolder,
            Optional<String> listen,
            boolean stopServices,
            int servers) {}

    /**
     * What {@code store} was told.
     *
     * @param dataFolder empty: as for every other command
     */
    record Store(Optional<Path> dataFolder, OutputFormat output, Action action) {}

    /**
     * What a command was told that puts another store into a data folder.
     *
     * @param dataFolder empty: as for every other command
     */
    record Offline(Optional<Path> dataFolder, OutputFormat output, Consent consent) {}

    /** Whether a person agrees with what is about to be done. */
    @FunctionalInterface
    interface Consent {

        Answer ask(String question);

        /** What came of a question. */
        enum Answer {
            GIVEN,
            DENIED,
            /** There is no terminal, and {@code --yes} was not said. */
            NOBODY_THERE
        }
    }

    /** One subcommand of {@code store}. */
    sealed interface Action {

        /** Says what the files hold. */
        record Inspect() implements Action {}

        /** Reads every file whole and checks it. */
        record Verify() implements Action {}

        /** Lists entries of the log. */
        record ListEntries(long from, int limit) implements Action {
            /** More entries than this are not listed at once. */
            public static final int MAX_LIMIT = 100_000;
        }

        /**
         * Cuts the log off.
         *
         * @param truncateAt the index of an entry, or {@code end}
         */
        record Repair(String truncateAt) implements Action {}

        /** Has the next start pass over an entry. */
        record SkipEntry(long index, String reason) implements Action {}
    }
}
