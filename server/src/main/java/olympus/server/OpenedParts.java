package olympus.server;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened, the newest last; closed from the end.
 *
 * <p>Threading: one thread at a time, its owner's.
 */
final class OpenedParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenedParts.class);

    private final List<Opened> opened = new ArrayList<>();

    private record Opened(String name, AutoCloseable part) {}

    <T extends AutoCloseable> T keep(String name, T part) {
        opened.add(new Opened(name, part));
        return part;
    }

    @Override
    public void close() {
        for (var part : opened.reversed()) {
            close(part);
        }
        opened.clear();
    }

    private static void close(Opened part) {
        try {
            part.part().close();
        } catch (Exception e) {
            // AutoCloseable declares no narrower one, and this is where closing ends: a part that
            // does not stop cleanly must not keep those below it from being stopped.
            LOG.atWarn().addKeyValue("part", part.name()).setCause(e).log("did not stop cleanly");
        }
    }
}
