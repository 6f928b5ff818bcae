package olympus.server.discovery;

import static olympus.server.discovery.Directories.MARS;
import static olympus.server.discovery.Directories.VENUS;
import static olympus.server.discovery.Directories.instance;
import static olympus.server.discovery.Directories.ready;
import static olympus.server.discovery.Directories.seen;
import static olympus.server.discovery.Directories.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import olympus.foundation.OlympusException;
import org.junit.jupiter.api.Test;

/** The directory as a hosts file. */
final class HostsFileTest {

    @Test
    void everyReadyInstanceHasALineWithTheNameOfItsServiceAndItsOwn() {
        var directory =
                Directories.of(
                        service("blog/web", Map.of(), ready("blog/web", 1)),
                        service("shop/web", Map.of(), ready("shop/web", 2)));

        assertThat(HostsFile.of(directory, seen(), "svc.example.org"))
                .isEqualTo(
                        """
                        # Olympus, revision 7
                        10.0.0.1 web.blog.svc.example.org 1.web.blog.svc.example.org
                        10.0.0.1 web.shop.svc.example.org 1.web.shop.svc.example.org
                        fd00::2 web.shop.svc.example.org 2.web.shop.svc.example.org
                        """);
    }

    @Test
    void whatIsNotReadyIsLeftOut() {
        var directory =
                Directories.of(
                        service(
                                "shop/web",
                                Map.of(),
                                instance("shop/web.1", MARS, false),
                                instance("shop/web.2", VENUS, true)));

        assertThat(HostsFile.of(directory, seen(), HostsFile.DEFAULT_SUFFIX))
                .contains("2.web.shop.olympus")
                .doesNotContain("1.web.shop.olympus");
    }

    @Test
    void aNodeWithoutAnAddressIsNamedOnceInAComment() {
        var directory =
                Directories.of(
                        service("shop/db", Map.of(), ready("shop/db", 2)),
                        service("shop/web", Map.of(), ready("shop/web", 2)));
        var addresses = seen(Map.of(MARS, "mars.example.org"));

        assertThat(HostsFile.of(directory, addresses, HostsFile.DEFAULT_SUFFIX))
                .isEqualTo(
                        """
                        # Olympus, revision 7
                        # no IP address is known of node mars; its agent can be told one: --advertise ADDRESS
                        # no IP address is known of node venus; its agent can be told one: --advertise ADDRESS
                        """);
    }

    @Test
    void aSuffixThatCouldBreakALineIsRefused() {
        var directory = Directories.of();
        for (var wrong :
                new String[] {
                    "",
                    "Olympus",
                    "a b",
                    "a\n10.0.0.1 b",
                    "a..b",
                    ".a",
                    "a.",
                    "-a",
                    "a-",
                    "ä",
                    "a".repeat(101)
                }) {
            assertThatThrownBy(() -> HostsFile.of(directory, seen(), wrong))
                    .as(wrong)
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("expected a domain of at most 100 lower-case letters");
        }
        assertThat(HostsFile.of(directory, seen(), "a-1.b")).isEqualTo("# Olympus, revision 7\n");
    }
}
