package olympus.server.http;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import olympus.model.stack.StackFolder;
import olympus.model.state.Codecs;

/** What the command line sends of a stack's folder. */
final class AppliedFolder {

    private AppliedFolder() {}

    /**
     * The request to apply a stack {@code shop}.
     *
     * @param password the text of a file {@code password} beside
     * @param yaml its {@code olympus.yaml}
     */
    static String request(Path folder, String password, String yaml) throws Exception {
        var stack = Files.createDirectories(folder.resolve("shop"));
        Files.writeString(stack.resolve("password"), password);
        Files.writeString(stack.resolve("olympus.yaml"), yaml);
        return switch (StackFolder.load(stack, Map.of())) {
            case StackFolder.Outcome.Invalid invalid -> throw new AssertionError(invalid.text());
            case StackFolder.Outcome.Loaded loaded ->
                    Codecs.APPLY_REQUEST.encode(loaded.secrets().with(loaded.definition()));
        };
    }
}
