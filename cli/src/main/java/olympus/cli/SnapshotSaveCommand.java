package olympus.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.Callable;
import olympus.foundation.Durable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code olympus snapshot save}: writes the store's whole content to a file. */
@Command(
        description = {
            "Writes the store's whole content to FILE: what is declared, decided and known, the secrets sealed.",
            "FILE appears only once all of it is on the disk and has been read back; one of that name is replaced then.",
            "Not in it: D/keys, without which the secrets cannot be opened, and what streams have dropped into the archive."
        })
final class SnapshotSaveCommand implements Callable<Integer> {

    private static final String PATH = "/snapshot";
    private static final String DIGEST = "Repr-Digest";

    private final Session session;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "FILE", description = "where to write it")
    private Path file = Path.of("");

    SnapshotSaveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var target = file.toAbsolutePath().normalize();
        var temporary = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Files.deleteIfExists(temporary);
            try {
                var digest = download(temporary);
                Durable.rename(temporary, target);
                report(target, digest);
                return ExitCodes.OK;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED, "no snapshot was saved to %s: %s".formatted(target, e), e);
        }
    }

    /** The digest of what is on the disk now, which is what the server has sent. */
    private String download(Path temporary) throws IOException {
        String promised;
        try (var channel =
                FileChannel.open(
                        temporary,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        Durable.PRIVATE)) {
            promised = session.patientApi(options).download(PATH, DIGEST, channel);
            channel.force(true);
        }
        var found = "sha-256=:" + digest(temporary) + ":";
        if (!found.equals(promised)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "no snapshot was saved: %s was sent, %s was read back from the disk"
                            .formatted(promised.isEmpty() ? "nothing checkable" : promised, found));
        }
        return found;
    }

    private void report(Path target, String digest) throws IOException {
        var body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("file", target.toString())
                        .put("bytes", Files.size(target))
                        .put("digest", digest);
        session.print(
                options,
                body,
                json ->
                        session.say(
                                "saved %s, %d bytes"
                                        .formatted(target, json.path("bytes").asLong())));
    }

    private static String digest(Path file) throws IOException {
        try (var in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            var buffer = new byte[64 << 10];
            while (in.read(buffer) >= 0) {
                // Reading it is what computes the digest.
            }
            return Base64.getEncoder().encodeToString(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
