package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The packages of this working copy.
 *
 * @param folder where they lie
 */
record Packages(Path folder) {

    private static final long BUILT_WITHIN_MINUTES = 15;

    /**
     * Builds them; takes those in the folder that the system property {@code olympus.packages}
     * names where it is set, which is for running one test many times.
     */
    static Packages build(Path folder) {
        return Optional.ofNullable(System.getProperty("olympus.packages"))
                .map(built -> new Packages(Path.of(built)))
                .orElseGet(() -> built(folder));
    }

    private static Packages built(Path folder) {
        var packages = folder.resolve("packages");
        var log = folder.resolve("build.log");
        try {
            var build =
                    new ProcessBuilder(
                                    Installation.root()
                                            .resolve("packaging/build-packages")
                                            .toString(),
                                    packages.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            assertThat(build.waitFor(BUILT_WITHIN_MINUTES, TimeUnit.MINUTES)).isTrue();
            assertThat(build.exitValue()).as(Files.readString(log)).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Lab.interrupted(e);
        }
        return new Packages(packages);
    }

    /** Such as {@code olympus-agent} and {@code .deb}. */
    Path file(String name, String ending) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(name + "[_-][0-9].*"))
                    .filter(file -> file.toString().endsWith(ending))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unpacks the archive with everything into a folder, which is returned. */
    Path unpack(Path to) {
        try {
            Files.createDirectories(to);
            var tar =
                    new ProcessBuilder(
                                    "tar",
                                    "-C",
                                    to.toString(),
                                    "--strip-components=1",
                                    "-xzf",
                                    file("olympus", ".tar.gz").toString())
                            .inheritIO()
                            .start();
            assertThat(tar.waitFor()).isZero();
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Lab.interrupted(e);
        }
    }
}
