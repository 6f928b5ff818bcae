package olympus.cli.discover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import olympus.cli.discover.Inventory.Disk;

/**
 * The machine's own file systems and what is free on them. Those of other machines are not asked.
 */
final class DiskSource implements Source {

    private static final Set<String> OWN =
            Set.of(
                    "ext2",
                    "ext3",
                    "ext4",
                    "xfs",
                    "btrfs",
                    "zfs",
                    "f2fs",
                    "jfs",
                    "bcachefs",
                    "reiserfs",
                    "overlay");
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "fuse.sshfs",
                    "fuse.rclone",
                    "9p",
                    "ceph",
                    "glusterfs",
                    "fuse.glusterfs");

    private final Path root;
    private final Space space;

    DiskSource(Path root, Space space) {
        this.root = root;
        this.space = space;
    }

    /** What a file system holds, asked of the operating system. */
    interface Space {

        Space OF_THE_SYSTEM =
                mountPoint -> {
                    var store = Files.getFileStore(mountPoint);
                    return new Free(store.getTotalSpace(), store.getUsableSpace());
                };

        Free of(Path mountPoint) throws IOException;
    }

    record Free(long totalBytes, long freeBytes) {}

    @Override
    public String name() {
        return "disks";
    }

    @Override
    public Sight look() {
        var tree = new FileTree(root);
        var mounts = tree.text(tree.at("/proc/self/mounts"));
        if (mounts.isEmpty()) {
            return new Sight.Absent("there is no /proc/self/mounts to read");
        }
        var disks = new ArrayList<Disk>();
        var devices = new HashSet<String>();
        for (var line : mounts.get().lines().toList()) {
            var words = line.split(" ");
            if (words.length < 4) {
                continue;
            }
            var mountPoint = unescaped(words[1]);
            if (ELSEWHERE.contains(words[2])) {
                tree.note(mountPoint + ": not asked, it is on another machine");
            } else if (OWN.contains(words[2]) && counts(words, mountPoint, devices)) {
                measure(tree, mountPoint, words[2], disks);
            }
        }
        return new Sight.Seen(Inventory.ofDisks(disks), tree.unseen());
    }

    /** Containers' own layers and second mounts of one device hold nothing of their own. */
    private static boolean counts(String[] words, String mountPoint, Set<String> devices) {
        if (words[2].equals("overlay")) {
            return mountPoint.equals("/");
        }
        return words[2].equals("zfs") || devices.add(words[0]);
    }

    private void measure(FileTree tree, String mountPoint, String type, List<Disk> disks) {
        try {
            var free = space.of(tree.at(mountPoint));
            if (free.totalBytes() > 0) {
                disks.add(new Disk(mountPoint, type, free.totalBytes(), free.freeBytes()));
            }
        } catch (IOException e) {
            tree.note("%s: %s".formatted(mountPoint, e.getMessage()));
        }
    }

    /** The kernel writes blanks as octal numbers. */
    private static String unescaped(String text) {
        return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }
}
