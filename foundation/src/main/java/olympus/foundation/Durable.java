package olympus.foundation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * File operations that have reached the disk when they return, and the two that need not ({@code
 * …Unforced}). The only place that replaces and renames files.
 *
 * <p>Threading: any thread, but one file is replaced by one thread at a time.
 */
public final class Durable {

    /** For what only its owner may read. */
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private Durable() {}

    /**
     * Replaces {@code file} by {@code content}; a power failure leaves the old or the new one,
     * never half of it.
     *
     * @param mode of the new file from its first moment; as the process makes files when not given
     */
    public static void replace(Path file, byte[] content, FileAttribute<?>... mode)
            throws IOException {
        prepare(file, content, mode);
        putInPlace(file);
    }

    /**
     * The same for a file that a person keeps: the new one has owner, group and mode of the old
     * one, and a symbolic link goes on leading to it. Refused where that cannot be.
     */
    public static void replaceAlike(Path file, byte[] content) throws IOException {
        var target = file.toRealPath();
        var old = Files.readAttributes(target, PosixFileAttributes.class);
        prepare(target, content, PRIVATE);
        try {
            var view = Files.getFileAttributeView(prepared(target), PosixFileAttributeView.class);
            if (!view.readAttributes().group().equals(old.group())) {
                view.setGroup(old.group());
            }
            if (!view.readAttributes().owner().equals(old.owner())) {
                view.setOwner(old.owner());
            }
            view.setPermissions(old.permissions());
        } catch (IOException e) {
            Files.deleteIfExists(prepared(target));
            throw e;
        }
        putInPlace(target);
    }

    /** As {@link #replace}, but a power failure may leave an empty file or none. */
    public static void replaceUnforced(Path file, byte[] content) throws IOException {
        write(prepared(file), content, false);
        renameUnforced(prepared(file), file);
    }

    /** The first half of {@link #replace}: the new file lies beside the old one, on the disk. */
    public static void prepare(Path file, byte[] content, FileAttribute<?>... mode)
            throws IOException {
        write(prepared(file), content, true, mode);
    }

    /** The second half of {@link #replace}. */
    public static void putInPlace(Path file) throws IOException {
        rename(prepared(file), file);
    }

    /** Makes the names in the folder of {@code file} durable. */
    public static void flushDirectoryOf(Path file) throws IOException {
        var parent = file.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not in a folder: " + file);
        }
        try (var folder = FileChannel.open(parent, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** Makes durable what any process has written to {@code file} so far. */
    public static void flush(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Cuts {@code file} behind its first {@code bytes}. */
    public static void truncate(Path file, long bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
            channel.force(true);
        }
    }

    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            flushDirectoryOf(file);
        }
    }

    /** Gives a file or folder another name, in place of what had it. */
    public static void rename(Path from, Path to) throws IOException {
        renameUnforced(from, to);
        flushDirectoryOf(to);
    }

    /** The same, but a power failure may undo it. */
    public static void renameUnforced(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path prepared(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    /** Anew, so that what an earlier attempt has left lends it neither its mode nor its bytes. */
    private static void write(Path file, byte[] content, boolean forced, FileAttribute<?>... mode)
            throws IOException {
        Files.deleteIfExists(file);
        try (var channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        mode)) {
            for (var buffer = ByteBuffer.wrap(content); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
            if (forced) {
                channel.force(true);
            }
        }
    }
}
