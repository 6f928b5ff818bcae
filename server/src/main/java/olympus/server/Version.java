package olympus.server;

import java.util.Optional;

/** Which Olympus this is. */
final class Version {

    static final String TEXT =
            Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                    .orElse("development");

    private Version() {}
}
