package olympus.cli.imports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files to look at, not written yet.
 *
 * @param files texts by file name
 * @param notes what could not be carried over, one sentence each, with file:line
 */
public record Draft(Map<String, String> files, List<String> notes) {

    public Draft {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        notes = List.copyOf(notes);
    }

    /** The text of one of the files. */
    String text(String name) {
        var text = files.get(name);
        if (text == null) {
            throw new IllegalArgumentException("the draft has no file " + name);
        }
        return text;
    }

    /**
     * Writes all files into the folder, which is made where it is not there; none when one of them
     * is there already.
     */
    public List<Path> writeTo(Path folder) throws IOException {
        for (var name : files.keySet()) {
            if (Files.exists(folder.resolve(name))) {
                throw new ImportRefusal(
                        "%s is there already and is not written over: name another folder with --out, or move the file away"
                                .formatted(folder.resolve(name)));
            }
        }
        Files.createDirectories(folder);
        var written = new ArrayList<Path>();
        for (var file : files.entrySet()) {
            var path = folder.resolve(file.getKey());
            Files.writeString(path, file.getValue(), java.nio.file.StandardOpenOption.CREATE_NEW);
            written.add(path);
        }
        return written;
    }
}
