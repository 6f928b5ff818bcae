package olympus.foundation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right of one process to a data folder: an exclusive lock on its file {@code lock}, which
 * holds the process id. The operating system gives it up when the process ends, however it ends.
 *
 * <p>Threading: any thread may close it; closing twice does nothing.
 */
public final class FolderLock implements AutoCloseable {

    private static final String FILE = "lock";

    /**
     * File locks belong to the process and fall with any channel to the file: so a second one must
     * not be opened here.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Locks {@code folder}, which is created when missing; refused with the process id of who holds
     * it.
     */
    public static FolderLock acquire(Path folder) throws IOException {
        Files.createDirectories(folder);
        var file = folder.toRealPath().resolve(FILE);
        if (!HELD.add(file)) {
            throw held(folder, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            var lock = new FolderLock(file, lock(folder, file));
            lock.writePid();
            return lock;
        } catch (Throwable e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static FileChannel lock(Path folder, Path file) throws IOException {
        var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw held(folder, Files.readString(file, StandardCharsets.US_ASCII).strip());
        }
        return channel;
    }

    /**
     * The id is a hint for people: a disk without room for it does not keep the folder from being
     * used. Written over the old one, which needs no room.
     */
    private void writePid() {
        var pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            channel.write(ByteBuffer.wrap(pid), 0);
            channel.truncate(pid.length);
        } catch (IOException unwritten) {
            // The lock holds without it; who is refused reads "(unknown)" or an older id.
        }
    }

    private static OlympusException held(Path folder, String pid) {
        return new OlympusException(
                ErrorCode.IN_USE,
                "the data folder %s is in use by process %s; stop that process or use another data folder"
                        .formatted(folder, pid.isEmpty() ? "(unknown)" : pid));
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            try (channel) {
                channel.truncate(0);
            } finally {
                HELD.remove(file);
            }
        }
    }
}
