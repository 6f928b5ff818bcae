package olympus.cli.discover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recorded outputs and golden texts. */
public final class Resources {

    private static final Path FOLDER = Path.of("src/test/resources/discover");

    private Resources() {}

    public static String text(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name));
    }

    /** The committed text; {@code -Dgolden.update=true} writes it anew from {@code actual}. */
    public static String golden(String name, String actual) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(FOLDER.resolve(name), actual);
        }
        return text(name);
    }
}
