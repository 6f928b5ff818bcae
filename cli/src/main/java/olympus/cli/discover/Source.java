package olympus.cli.discover;

import java.io.IOException;
import java.util.List;

/** One place to look at. It changes nothing; it may fail or hang, which is told by its caller. */
public interface Source {

    /** What it is called in the report. */
    String name();

    /** May block; an interrupt ends it where it can be ended. */
    Sight look() throws IOException, InterruptedException;

    /** What a source found. */
    sealed interface Sight {

        /**
         * @param unseen what could not be looked at, and why; one sentence each
         */
        record Seen(Inventory part, List<String> unseen) implements Sight {
            public Seen {
                unseen = List.copyOf(unseen);
            }
        }

        /** The machine has no such thing. */
        record Absent(String why) implements Sight {}
    }
}
