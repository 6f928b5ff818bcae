package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import olympus.model.stack.container.Image;

/** The folder of a build as an archive, without what {@code .dockerignore} leaves out. */
final class BuildContext {

    private static final String INLINE = ".olympus.Dockerfile";
    private static final int READ_ONLY = 0444;

    private final Path folder;
    private final IgnoreRules rules;
    private final Set<String> always;
    private final TarWriter tar;

    private BuildContext(Path folder, IgnoreRules rules, Set<String> always, TarWriter tar) {
        this.folder = folder;
        this.rules = rules;
        this.always = always;
        this.tar = tar;
    }

    /** The request's path and query. */
    static String path(Image image, Image.Build build) {
        var parts = new ArrayList<String>();
        parts.add("t=" + quote(image.reference()));
        parts.add(
                "dockerfile="
                        + quote(
                                build.inlineDockerfile().isPresent()
                                        ? INLINE
                                        : build.dockerfile()));
        parts.add("buildargs=" + json(build.arguments()));
        parts.add("labels=" + json(build.labels()));
        parts.add("rm=1");
        build.target().ifPresent(target -> parts.add("target=" + quote(target)));
        image.platform().ifPresent(platform -> parts.add("platform=" + quote(platform)));
        if (!build.cacheFrom().isEmpty()) {
            parts.add("cachefrom=" + json(build.cacheFrom()));
        }
        if (!build.extraHosts().isEmpty()) {
            parts.add("extrahosts=" + quote(String.join(",", build.extraHosts())));
        }
        build.network().ifPresent(network -> parts.add("networkmode=" + quote(network)));
        build.shmBytes().ifPresent(bytes -> parts.add("shmsize=" + bytes));
        if (build.noCache()) {
            parts.add("nocache=1");
        }
        if (build.pull()) {
            parts.add("pull=1");
        }
        return "/build?" + String.join("&", parts);
    }

    private static String json(Object tree) {
        return quote(new String(Json.bytes(tree), StandardCharsets.UTF_8));
    }

    static void write(Image.Build build, Path archive) throws IOException {
        var folder = Path.of(build.context());
        var ignore = folder.resolve(".dockerignore");
        var lines =
                Files.exists(ignore)
                        ? Files.readAllLines(ignore, StandardCharsets.UTF_8)
                        : List.<String>of();
        try (var out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            var tar = new TarWriter(out);
            var context =
                    new BuildContext(
                            folder,
                            IgnoreRules.parse(lines),
                            Set.of(build.dockerfile(), ".dockerignore"),
                            tar);
            context.walk();
            if (build.inlineDockerfile().isPresent()) {
                var text = build.inlineDockerfile().get().getBytes(StandardCharsets.UTF_8);
                tar.file(
                        new TarWriter.Head(
                                INLINE, TarWriter.FILE, READ_ONLY, 0, 0, text.length, 0, ""),
                        text);
            }
            tar.end();
        }
    }

    private void walk() throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes seen)
                            throws IOException {
                        var name = name(path);
                        if (name.isEmpty()) {
                            return FileVisitResult.CONTINUE;
                        }
                        if (rules.ignores(name)) {
                            return rules.hasExceptions()
                                    ? FileVisitResult.CONTINUE
                                    : FileVisitResult.SKIP_SUBTREE;
                        }
                        tar.head(head(path, name + "/", TarWriter.FOLDER, 0, ""));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes seen)
                            throws IOException {
                        if (always.contains(name(path)) || !rules.ignores(name(path))) {
                            add(path, seen);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private String name(Path path) {
        return folder.relativize(path).toString();
    }

    private void add(Path path, BasicFileAttributes seen) throws IOException {
        if (seen.isSymbolicLink()) {
            var link = Files.readSymbolicLink(path).toString();
            tar.head(head(path, name(path), TarWriter.LINK, 0, link));
        } else if (seen.isRegularFile()) {
            var content = Files.readAllBytes(path);
            tar.file(head(path, name(path), TarWriter.FILE, content.length, ""), content);
        }
    }

    private static TarWriter.Head head(Path path, String name, char type, long size, String link)
            throws IOException {
        var seconds =
                Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).to(TimeUnit.SECONDS);
        return new TarWriter.Head(
                name,
                type,
                type == TarWriter.LINK ? 0777 : mode(Files.getPosixFilePermissions(path)),
                0,
                0,
                size,
                seconds,
                link);
    }

    private static final Map<PosixFilePermission, Integer> BITS =
            Map.of(
                    PosixFilePermission.OWNER_READ, 0400,
                    PosixFilePermission.OWNER_WRITE, 0200,
                    PosixFilePermission.OWNER_EXECUTE, 0100,
                    PosixFilePermission.GROUP_READ, 040,
                    PosixFilePermission.GROUP_WRITE, 020,
                    PosixFilePermission.GROUP_EXECUTE, 010,
                    PosixFilePermission.OTHERS_READ, 04,
                    PosixFilePermission.OTHERS_WRITE, 02,
                    PosixFilePermission.OTHERS_EXECUTE, 01);

    private static int mode(Set<PosixFilePermission> permissions) {
        return permissions.stream().mapToInt(BITS::get).sum();
    }
}
