package olympus.cli.imports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Golden texts. */
final class Goldens {

    private static final Path FOLDER = Path.of("src/test/resources/imports");

    private Goldens() {}

    /** The committed text; {@code -Dgolden.update=true} writes it anew from {@code actual}. */
    static String text(String name, String actual) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(FOLDER.resolve(name), actual);
        }
        return Files.readString(FOLDER.resolve(name));
    }
}
