package olympus.benchmarks;

import java.util.List;

/** A supervisor with services that it keeps running: Olympus or a peer. */
interface Keeper {

    String name();

    /** The names of its services, each of which notes its starts in {@link #starts}. */
    List<String> services();

    Starts starts();
}
