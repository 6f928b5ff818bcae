package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.cli.discover.Inventory.Listener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListenerSourceTest {

    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir Path root;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Machine machine;

    @BeforeEach
    void plant() throws IOException {
        machine = Machine.sound(root);
    }

    private Source.Sight.Seen seen() {
        return (Source.Sight.Seen) new ListenerSource(root).look();
    }

    @Test
    void tellsWhoListensWhere() throws IOException {
        machine.listener(
                        "tcp", "0100007F", 5432, 11, "postgres", "/system.slice/postgresql.service")
                .listener(
                        "tcp",
                        "00000000",
                        6379,
                        12,
                        "redis-server",
                        "/system.slice/docker-" + ID + ".scope")
                .listener(
                        "tcp6",
                        "00000000000000000000000000000000",
                        80,
                        13,
                        "nginx",
                        "/system.slice/nginx.service")
                .listener("tcp6", "00000000000000000000000001000000", 631, 14, "cupsd", "/")
                .listener("udp", "0F02000A", 53, 15, "dnsmasq", "/");

        assertThat(seen().part().listeners())
                .containsExactly(
                        listener(
                                "udp",
                                "10.0.2.15",
                                53,
                                "dnsmasq",
                                Optional.empty(),
                                Optional.empty()),
                        listener(
                                "tcp",
                                "::",
                                80,
                                "nginx",
                                Optional.empty(),
                                Optional.of("nginx.service")),
                        listener("tcp", "::1", 631, "cupsd", Optional.empty(), Optional.empty()),
                        listener(
                                "tcp",
                                "127.0.0.1",
                                5432,
                                "postgres",
                                Optional.empty(),
                                Optional.of("postgresql.service")),
                        listener(
                                "tcp",
                                "0.0.0.0",
                                6379,
                                "redis-server",
                                Optional.of(ID),
                                Optional.empty()));
        assertThat(seen().unseen()).isEmpty();
    }

    private static Listener listener(
            String protocol,
            String address,
            int port,
            String process,
            Optional<String> container,
            Optional<String> unit) {
        return new Listener(protocol, address, port, Optional.of(process), container, unit);
    }

    @Test
    void saysHowManyPortsItCouldNotAttribute() throws IOException {
        machine.listener("tcp", "0100007F", 5432, 11, "postgres", "/");
        machine.listener("tcp", "0100007F", 5433, 12, "postgres", "/");
        java.nio.file.Files.delete(machine.at("/proc/12/fd/3"));

        assertThat(seen().part().listeners()).hasSize(2);
        assertThat(seen().unseen())
                .containsExactly(
                        "whose 1 of 2 ports are: this user may not see other users' processes, or they are the kernel's");
    }

    @Test
    void findsADataStoreThatEveryoneReachesAndNoneThatOnlyThisMachineReaches() throws IOException {
        machine.listener("tcp", "0100007F", 5432, 11, "postgres", "/")
                .listener("tcp", "00000000", 22, 12, "sshd", "/")
                .listener(
                        "tcp", "00000000", 6379, 13, "redis-server", "/system.slice/redis.service")
                .listener(
                        "tcp6",
                        "00000000000000000000000000000000",
                        6379,
                        14,
                        "redis-server",
                        "/system.slice/redis.service");

        var found = Judgement.of(seen().part(), Machine.NOW, true);

        assertThat(found)
                .extracting(Finding::kind, Finding::subjects)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.OPEN_DATA_STORE, List.of("tcp:6379")));
        assertThat(found.getFirst().what()).contains("of redis.service listens on all addresses");
    }

    @Test
    void namesTheContainerBehindAForwardedPort() {
        var container =
                Samples.running("shop-cache-1")
                        .publishing(new Inventory.PublishedPort("0.0.0.0", 6379, "tcp", 6379))
                        .build();
        var listener =
                new Listener(
                        "tcp",
                        "0.0.0.0",
                        6379,
                        Optional.of("docker-proxy"),
                        Optional.empty(),
                        Optional.of("docker.service"));
        var inventory =
                Inventory.ofContainers(List.of(container), List.of())
                        .and(Inventory.ofListeners(List.of(listener)));

        assertThat(new Ownership(inventory).named().listeners().getFirst().container())
                .contains("shop-cache-1");
    }
}
