package olympus.link.keys;

import java.nio.file.Path;
import java.time.Instant;

/** When a certificate of this installation expires; negative {@code daysLeft}: it has. */
public record Expiry(String name, Path file, Instant expires, long daysLeft) {

    static Expiry of(String name, Path file, Credential credential, Instant now) {
        return new Expiry(name, file, credential.expires(), credential.daysLeft(now));
    }
}
