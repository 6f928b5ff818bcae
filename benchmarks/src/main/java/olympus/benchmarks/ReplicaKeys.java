package olympus.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Set;
import olympus.foundation.Clock;
import olympus.hermes.log.PeerAccess;
import olympus.link.ReplicaTls;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;

/**
 * Authorities and certificates of replicas as the product makes them, in a folder; etcd's members
 * get theirs from here too.
 */
record ReplicaKeys(Path realm) {

    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1");

    Installation owner() {
        return Installation.openOrCreate(realm, "benchmark", new SecureRandom());
    }

    /** Those of the member whose keys are in {@code keys}; issued when missing. */
    Certificates of(Path keys) {
        try {
            Files.createDirectories(keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Certificates.openOrIssue(keys, owner(), authorities(), HOSTS, now());
    }

    PeerAccess.Tls tls(Path keys) {
        var tls = ReplicaTls.of(of(keys));
        return new PeerAccess.Tls(tls.keys(), tls.trust());
    }

    Authorities authorities() {
        return Authorities.openOrCreate(realm.resolve("keys"), owner(), now(), new SecureRandom());
    }

    private static Instant now() {
        return Clock.system().wall();
    }
}
