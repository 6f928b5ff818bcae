package olympus.server.discovery;

import static olympus.server.discovery.Directories.MARS;
import static olympus.server.discovery.Directories.VENUS;
import static olympus.server.discovery.Directories.addresses;
import static olympus.server.discovery.Directories.bound;
import static olympus.server.discovery.Directories.instance;
import static olympus.server.discovery.Directories.seen;
import static olympus.server.discovery.Directories.server;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Under which address nodes and ports are reached. */
final class NodeAddressesTest {

    private static final String API = "https://api.example.org:7400";
    private static final Optional<String> PEERS = Optional.of("10.1.0.1:7401");
    private static final Optional<String> AGENTS = Optional.of("[fd00::1]:7402");

    private static Optional<String> ofMars(Optional<String> peers, Optional<String> agents) {
        return addresses(Map.of(), Map.of(MARS, "10.9.9.9"), server(MARS, peers, agents, API))
                .of(MARS);
    }

    @Test
    void whatAPersonSaidCountsBeforeAllElse() {
        var all =
                addresses(
                        Map.of(MARS, "mars.example.org"),
                        Map.of(MARS, "10.9.9.9"),
                        server(MARS, PEERS, AGENTS, API));

        assertThat(all.of(MARS)).hasValue("mars.example.org");
    }

    @Test
    void whereAServerRunsItIsReachedLikeThat() {
        assertThat(ofMars(PEERS, AGENTS)).hasValue("10.1.0.1");
        assertThat(ofMars(Optional.empty(), AGENTS)).as("without brackets").hasValue("fd00::1");
        assertThat(ofMars(Optional.empty(), Optional.empty())).hasValue("api.example.org");
    }

    @Test
    void aNodeWithoutAServerIsReachedWhereItIsSeen() {
        var all = addresses(Map.of(), Map.of(VENUS, "10.0.0.2"), server(MARS, PEERS, AGENTS, API));

        assertThat(all.of(VENUS)).hasValue("10.0.0.2");
        assertThat(seen(Map.of()).of(VENUS)).as("it is not connected").isEmpty();
    }

    private static Optional<String> port(String hostAddress, String node) {
        return seen(Map.of(MARS, node))
                .of(instance("shop/web.1", MARS, true), bound(hostAddress, "http", 80));
    }

    @Test
    void aPortForAllAddressesIsReachedAtTheNode() {
        assertThat(port("0.0.0.0", "10.0.0.1")).hasValue("10.0.0.1");
        assertThat(port("::", "10.0.0.1")).hasValue("10.0.0.1");
        assertThat(port("[::]", "mars")).hasValue("mars");
        assertThat(port("", "mars")).hasValue("mars");
    }

    @Test
    void aPortOfOneAddressIsReachedThere() {
        assertThat(port("192.168.7.1", "10.0.0.1")).hasValue("192.168.7.1");
        assertThat(port("[fd00::7]", "10.0.0.1")).hasValue("fd00::7");
    }

    @Test
    void aPortOfTheLoopbackIsReachedByNobodyElse() {
        assertThat(port("127.0.0.1", "10.0.0.1")).isEmpty();
        assertThat(port("::1", "10.0.0.1")).isEmpty();
        assertThat(port("127.0.0.1", "mars")).isEmpty();
        assertThat(port("127.0.0.1", "127.0.0.1")).hasValue("127.0.0.1");
        assertThat(port("127.0.0.1", "localhost")).hasValue("localhost");
    }

    @Test
    void addressesOfTheSixthVersionStandInBrackets() {
        assertThat(NodeAddresses.endpoint("10.0.0.1", 80)).isEqualTo("10.0.0.1:80");
        assertThat(NodeAddresses.endpoint("mars", 80)).isEqualTo("mars:80");
        assertThat(NodeAddresses.endpoint("fd00::1", 80)).isEqualTo("[fd00::1]:80");
    }
}
