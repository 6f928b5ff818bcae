package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import olympus.model.stack.ImageLines.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLinesTest {

    private static final String FILE =
            """
            # \uD83D\uDC33 my stack
            x-base: &base
              image:   'busybox:1.36'   # shared
            services:
              web: { image: "nginx:1.25-alpine", ports: ["80:80"] } # page
              worker:
                <<: *base
              copy:
                extends: worker
              db:
                image: ${DB_IMAGE:-postgres}:16\r
            """;

    @TempDir Path folder;

    private Path file() throws Exception {
        return Files.writeString(folder.resolve("compose.yaml"), "\uFEFF" + FILE);
    }

    private Found.At at(Path file, String service) {
        return (Found.At) ImageLines.find(List.of(file), service);
    }

    @Test
    void changesTheImageOfOneServiceAndNothingElse() throws Exception {
        var file = file();
        var found = at(file, "web");
        assertThat(found.line()).isEqualTo(5);
        assertThat(found.image()).isEqualTo("nginx:1.25-alpine");

        found.replace("nginx:1.27-alpine@sha256:0a");

        assertThat(Files.readAllBytes(file))
                .isEqualTo(
                        ("\uFEFF"
                                        + FILE.replace(
                                                "nginx:1.25-alpine", "nginx:1.27-alpine@sha256:0a"))
                                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void findsWhatComesByMergeAndByExtends() throws Exception {
        var file = file();
        assertThat(at(file, "worker").line()).isEqualTo(3);
        assertThat(at(file, "copy").image()).isEqualTo("busybox:1.36");
        at(file, "copy").replace("busybox:1.37");
        assertThat(Files.readString(file)).contains("image:   'busybox:1.37'   # shared");
    }

    @Test
    void tellsWhichOtherServicesHaveTheirImageFromTheSamePlace() throws Exception {
        var file = file();
        assertThat(at(file, "worker").others()).containsExactly("copy");
        assertThat(at(file, "copy").others()).containsExactly("worker");
        assertThat(at(file, "web").others()).isEmpty();
    }

    @Test
    void keepsAnAnchorOfTheImageItself() throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("compose.yaml"),
                        "services:\n  a: { image: &it !!str \"busybox:1\" }\n  b: { image: *it }\n  c: { image: busybox:1 }\n");
        assertThat(at(file, "b").others()).containsExactly("a");
        assertThat(at(file, "c").others()).isEmpty();

        at(file, "b").replace("busybox:2");

        assertThat(file)
                .hasContent(
                        "services:\n  a: { image: &it !!str \"busybox:2\" }\n  b: { image: *it }\n  c: { image: busybox:1 }\n");
        assertThat(at(file, "a").image()).isEqualTo("busybox:2");
    }

    @Test
    void leavesAnImageThatIsWrittenAsABlock() throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("compose.yaml"),
                        "services:\n  a:\n    image: >-\n      busybox:1\n    restart: always\n");
        assertThat(ImageLines.find(List.of(file), "a"))
                .isInstanceOfSatisfying(
                        Found.Nowhere.class,
                        nowhere -> assertThat(nowhere.why()).contains(":3: ").contains("block"));
    }

    @Test
    void replacesTheFileWholeWithItsModeAlsoBehindALink() throws Exception {
        var file = file();
        var mode = PosixFilePermissions.fromString("rw-rw----");
        Files.setPosixFilePermissions(file, mode);
        var before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        var link = Files.createSymbolicLink(folder.resolve("link.yaml"), file);

        at(link, "web").replace("nginx:1.27-alpine");

        assertThat(link).isSymbolicLink();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(mode);
        assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
                .isNotEqualTo(before);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(file, link);
        }
    }

    @Test
    void namesTheVariableAndWhereItIsSet() throws Exception {
        var file = file();
        Files.writeString(folder.resolve(".env"), "OTHER=1\nDB_IMAGE=postgres\n");
        assertThat(ImageLines.find(List.of(file), "db"))
                .isEqualTo(
                        new Found.ByVariable(
                                file,
                                11,
                                "${DB_IMAGE:-postgres}:16",
                                "DB_IMAGE",
                                Optional.of(folder.resolve(".env") + ":2")));
    }

    @Test
    void letsTheLastFileHaveItsWay() throws Exception {
        var other =
                Files.writeString(
                        folder.resolve("compose.override.yaml"),
                        "services:\n  web:\n    image: nginx:1.26\n");
        var files = List.of(file(), other);
        assertThat(((Found.At) ImageLines.find(files, "web")).file()).isEqualTo(other);
        assertThat(ImageLines.find(files, "absent")).isInstanceOf(Found.Nowhere.class);
    }
}
