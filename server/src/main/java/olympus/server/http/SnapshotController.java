package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.deadline.Deadline;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The store's whole content as a file, for whoever keeps copies.
 *
 * <p>One at a time: each is written to the disk before it is sent, so that its length and checksum
 * stand before it.
 */
@RestController
final class SnapshotController {

    /** Of the answer: SHA-256 of the body, as RFC 9530 has it. */
    static final String DIGEST = "Repr-Digest";

    /** For writing a full store to a slow disk. */
    private static final Deadline WRITING = new Deadline(Duration.ofMinutes(2));

    private final Backend backend;
    private final Path folder;
    private final AtomicBoolean busy = new AtomicBoolean();

    SnapshotController(Backend backend, HttpSettings settings) {
        this.backend = backend;
        this.folder = settings.workFolder().resolve("snapshots");
    }

    @GetMapping(path = Api.V1 + "/snapshot", produces = Api.BYTES)
    void snapshot(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!busy.compareAndSet(false, true)) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "a snapshot is being saved already; try again when that has ended");
        }
        try {
            removeLeftovers();
            var file = WRITING.await(backend.hermes().saveSnapshot(folder), "writing a snapshot");
            try {
                recorded(request);
                send(file, response);
            } finally {
                Files.deleteIfExists(file);
            }
        } finally {
            busy.set(false);
        }
    }

    /** What a process that ended while it sent one has left behind, or a write that came late. */
    private void removeLeftovers() throws IOException {
        Files.createDirectories(folder);
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** It holds the sealed secrets and the hashes of the tokens: who took it is written down. */
    private void recorded(HttpServletRequest request) {
        var caller = Caller.of(request);
        backend.audit()
                .append(
                        new AuditEntry(
                                backend.clock().wall(),
                                caller.name(),
                                caller.from(),
                                request.getMethod(),
                                request.getRequestURI(),
                                "",
                                HttpStatus.OK.value(),
                                Optional.empty()));
    }

    private static void send(Path file, HttpServletResponse response) throws IOException {
        response.setContentType(Api.BYTES);
        response.setContentLengthLong(Files.size(file));
        response.setHeader(DIGEST, "sha-256=:" + digest(file) + ":");
        try (var out = response.getOutputStream()) {
            Files.copy(file, out);
        }
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
