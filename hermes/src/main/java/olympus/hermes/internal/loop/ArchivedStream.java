package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import olympus.hermes.StreamEntry;

/**
 * The archive of one stream: a folder of segments named by their first sequence. Threading: the
 * archive's thread.
 */
final class ArchivedStream {

    static final long SEGMENT_BYTES = 4L << 20;

    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.segment");

    private final Path folder;
    private final ArrayList<ArchiveSegment> segments = new ArrayList<>();
    private Optional<FileChannel> open = Optional.empty();
    private long lastSequence;
    private long bytes;

    /** Opens what is there. */
    ArchivedStream(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.sorted().toList()) {
                var matcher = NAME.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    segments.add(new ArchiveSegment(file, Long.parseLong(matcher.group(1))));
                }
            }
        }
        for (var segment : segments) {
            bytes += segment.bytes();
        }
        if (!segments.isEmpty()) {
            var last = segments.getLast();
            lastSequence = last.firstSequence() - 1;
            for (var entry : last.read()) {
                lastSequence = entry.sequence();
            }
        }
    }

    /**
     * Where the archive of {@code stream} belongs: a readable name, made safe, and a hash that
     * tells alike ones apart.
     */
    static String folderName(byte[] stream, long hash) {
        var text = new String(stream, StandardCharsets.UTF_8).replaceAll("[^A-Za-z0-9._-]", "_");
        return text.substring(0, Math.min(40, text.length())) + "-" + "%016x".formatted(hash);
    }

    long bytes() {
        return bytes;
    }

    /** The oldest element, 0 for none. */
    long firstSequence() {
        return segments.isEmpty() ? 0 : segments.getFirst().firstSequence();
    }

    /** Whether there is more than the segment that is being written. */
    boolean canDrop() {
        return segments.size() > 1;
    }

    Path oldestFile() {
        return segments.getFirst().file();
    }

    void dropOldest() throws IOException {
        var oldest = segments.removeFirst();
        bytes -= oldest.bytes();
        Files.delete(oldest.file());
    }

    /** Appends those that are new. */
    void add(List<StreamEntry> elements) throws IOException {
        var fresh = elements.stream().filter(element -> element.sequence() > lastSequence).toList();
        if (fresh.isEmpty()) {
            return;
        }
        // A failed write leaves a torn record: the channel is opened anew, which cuts it off.
        var channel =
                open.isPresent() && segments.getLast().bytes() < SEGMENT_BYTES
                        ? open.get()
                        : roll(fresh.getFirst().sequence());
        var before = channel.position();
        try {
            segments.getLast().append(channel, fresh);
        } catch (IOException failed) {
            close();
            throw failed;
        }
        bytes += channel.position() - before;
        lastSequence = fresh.getLast().sequence();
    }

    List<StreamEntry> read(long fromSequence, int limit) throws IOException {
        var found = new ArrayList<StreamEntry>();
        for (var i = 0; i < segments.size() && found.size() < limit; i++) {
            if (i + 1 < segments.size() && segments.get(i + 1).firstSequence() <= fromSequence) {
                continue;
            }
            for (var entry : segments.get(i).read()) {
                if (entry.sequence() >= fromSequence && found.size() < limit) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    void force() throws IOException {
        if (open.isPresent()) {
            open.get().force(false);
        }
    }

    void close() throws IOException {
        if (open.isPresent()) {
            open.get().close();
            open = Optional.empty();
        }
    }

    private FileChannel roll(long firstSequence) throws IOException {
        force();
        close();
        if (segments.isEmpty() || segments.getLast().bytes() >= SEGMENT_BYTES) {
            segments.add(
                    new ArchiveSegment(
                            folder.resolve("%020d.segment".formatted(firstSequence)),
                            firstSequence));
        }
        var channel = segments.getLast().open();
        open = Optional.of(channel);
        return channel;
    }
}
