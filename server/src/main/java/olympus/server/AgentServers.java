package olympus.server;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.AgentLinks.Target;
import olympus.link.Dial;
import olympus.link.LinkTls;
import olympus.link.ServerList;
import olympus.link.keys.NodeKeys;
import olympus.server.nodes.ServersFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that an agent keeps links to: those of the last list that it heard, which it keeps on
 * disk. Of what several servers say the list of the latest revision counts; one without any server
 * says nothing, since whoever sends it is one.
 *
 * <p>Threading: lists come from any thread and are taken in on the loop.
 */
final class AgentServers {

    private static final Logger LOG = LoggerFactory.getLogger(AgentServers.class);

    private final ServersFile file;
    private final NodeKeys keys;
    private final EventLoop loop;
    private volatile ServerList current;

    // Owned by the loop.
    private Optional<Consumer<Set<Target>>> dialling = Optional.empty();

    /** Begins with what stands on disk. */
    AgentServers(ServersFile file, NodeKeys keys, EventLoop loop) {
        this.file = file;
        this.keys = keys;
        this.loop = loop;
        this.current = file.read();
    }

    ServerList current() {
        return current;
    }

    /**
     * Dials those that are known.
     *
     * @param dialling keeps links to those that it is given, and to no others
     */
    void begin(Consumer<Set<Target>> dialling) {
        dialling.accept(targets(current));
        loop.execute(() -> this.dialling = Optional.of(dialling));
    }

    /** The island says so to this machine, which it has let in anew: whatever was known before. */
    void letIn(ServerList list) {
        loop.execute(() -> {
            current = list;
            dialling.ifPresent(links -> links.accept(targets(list)));
        });
    }

    /** A server says where all of them are. */
    void told(ServerList list) {
        loop.execute(() -> take(list));
    }

    private void take(ServerList list) {
        if (list.servers().isEmpty() || current.isLaterThan(list)) {
            return;
        }
        var isNew = !list.servers().equals(current.servers());
        var before = current;
        current = list;
        if (isNew || list.incarnation() != before.incarnation()) {
            keep(list);
        }
        if (isNew) {
            LOG.atInfo().addKeyValue("servers", list.servers()).log("the servers are now");
            dialling.ifPresent(links -> links.accept(targets(list)));
        }
    }

    /** One that cannot be written counts until the next start. */
    private void keep(ServerList list) {
        try {
            file.write(list);
        } catch (OlympusException e) {
            LOG.atWarn()
                    .addKeyValue("cause", e.getMessage())
                    .log("the list of servers was not kept");
        }
    }

    private Set<Target> targets(ServerList list) {
        var tls = new LinkTls(keys::current, keys.trust());
        return list.servers().stream()
                .map(server ->
                        new Target(
                                server.member(),
                                new Dial.Tls(server.host(), server.port(), keys.island(), tls)))
                .collect(Collectors.toUnmodifiableSet());
    }
}
