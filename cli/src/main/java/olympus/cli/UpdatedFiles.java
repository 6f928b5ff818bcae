package olympus.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import olympus.model.stack.ImageLines;
import olympus.model.stack.ImageLines.Found;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is to be changed in a person's files so that they say what runs now.
 *
 * @param write the folder whose files are to be changed; none: they are only named
 */
record UpdatedFiles(Session session, @Nullable String write) {

    void tell(Api api, String stack, Map<String, String> images, Set<String> updated) {
        if (updated.isEmpty()) {
            return;
        }
        var definition = api.get("/stacks/" + Api.escape(stack)).body();
        for (var service : updated) {
            var files = files(definition, service);
            if (files.stream().noneMatch(Files::isRegularFile)) {
                session.remark(
                        "in the files of stack %s, wherever they are: service %s, image: %s"
                                .formatted(stack, service, images.getOrDefault(service, "")));
            } else {
                tell(ImageLines.find(files, service), service, images, updated);
            }
        }
        session.remark(
                "until your files say so, `olympus plan` shows that applying them would go back");
    }

    private void tell(
            Found found, String service, Map<String, String> images, Set<String> updated) {
        var image = images.getOrDefault(service, "");
        switch (found) {
            case Found.At at -> {
                var kept = new TreeSet<>(at.others());
                kept.removeIf(other -> updated.contains(other) && image.equals(images.get(other)));
                session.remark(
                        "%s %s:%d: image: %s -> %s%s"
                                .formatted(
                                        written(at, image, kept.isEmpty()),
                                        at.file(),
                                        at.line(),
                                        at.image(),
                                        image,
                                        kept.isEmpty()
                                                ? ""
                                                : "; %s has its image from there too: give %s an image: of its own"
                                                        .formatted(
                                                                String.join(", ", kept), service)));
            }
            case Found.ByVariable by ->
                    session.remark(
                            "%s %s:%d: image: %s comes from the variable %s%s; set what makes it %s"
                                    .formatted(
                                            write == null ? "to change:" : "not changed:",
                                            by.file(),
                                            by.line(),
                                            by.text(),
                                            by.variable(),
                                            by.setAt().map(at -> ", set in " + at).orElse(""),
                                            image));
            case Found.Nowhere(var why) ->
                    session.remark(
                            "service %s: %s; expected there: %s".formatted(service, why, image));
        }
    }

    /** Changes the file where that is wanted, and nothing but what was updated hangs on it. */
    private String written(Found.At at, String image, boolean alone) {
        if (write == null) {
            return "to change:";
        }
        if (!alone) {
            return "not changed:";
        }
        // Another service that has its image from there may have been written before.
        if (!at.image().equals(image)) {
            try {
                at.replace(image);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "cannot write %s with image %s in line %d (%s); it is as it was"
                                .formatted(at.file(), image, at.line(), e.getMessage()),
                        e);
            }
        }
        return "changed:";
    }

    /** The files that the stack was read from, in the folder that is given. */
    private List<Path> files(JsonNode definition, String service) {
        var project = definition.path("services").path(service).path("workload").path("project");
        var directory = Path.of(project.path("workingDirectory").asString("."));
        var files = new ArrayList<Path>();
        for (var file : project.path("configFiles")) {
            var path = Path.of(file.asString());
            files.add(
                    write == null || !path.startsWith(directory)
                            ? path
                            : Path.of(write).resolve(directory.relativize(path)));
        }
        return files;
    }
}
