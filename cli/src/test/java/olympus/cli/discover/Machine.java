package olympus.cli.discover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A file tree like a machine's, in good order until a test plants trouble in it. */
public final class Machine {

    public static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    private final Path root;

    private Machine(Path root) {
        this.root = root;
    }

    /** A small Debian: users, cron's tables and programs, kernel files. */
    public static Machine sound(Path root) throws IOException {
        var machine = new Machine(root);
        machine.file(
                "/etc/passwd",
                """
                root:x:0:0:root:/root:/bin/bash
                www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
                ana:x:1000:1000::/home/ana:/bin/bash
                """);
        machine.file("/etc/debian_version", "12.8\n");
        machine.file("/etc/nsswitch.conf", "passwd:         files systemd\n");
        machine.file(
                "/etc/crontab",
                """
                SHELL=/bin/sh
                PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
                17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly
                25 6	* * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
                """);
        machine.file("/etc/cron.d/.placeholder", "# keeps the folder\n");
        machine.file(
                "/etc/cron.d/e2scrub_all",
                "30 3 * * 0 root test -e /run/systemd/system || SERVICE_MODE=1 /usr/lib/e2fsprogs/e2scrub_all_cron\n");
        machine.file("/etc/cron.d/e2scrub_all.dpkg-dist", "nonsense");
        machine.program(
                "/etc/cron.daily/logrotate",
                "#!/bin/sh\nexec /usr/sbin/logrotate /etc/logrotate.conf\n");
        machine.program("/usr/bin/run-parts", "binary");
        machine.program("/usr/bin/find", "binary");
        machine.file(
                "/var/spool/cron/crontabs/ana",
                "*/5 * * * * find /home/ana -name '*.tmp' -delete >/dev/null 2>&1\n");
        machine.mode("/var/spool/cron/crontabs/ana", "rw-------");
        machine.file("/proc/net/tcp", header());
        machine.file(
                "/proc/self/mounts", "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n");
        return machine;
    }

    private static String header() {
        return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    }

    public Path root() {
        return root;
    }

    public Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    public Machine file(String path, String text) throws IOException {
        Files.createDirectories(at(path).getParent());
        Files.writeString(at(path), text);
        mode(path, "rw-r--r--");
        return this;
    }

    public Machine program(String path, String text) throws IOException {
        file(path, text);
        return mode(path, "rwxr-xr-x");
    }

    public Machine mode(String path, String rights) throws IOException {
        Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString(rights));
        return this;
    }

    public Machine modified(String path, Instant at) throws IOException {
        Files.setLastModifiedTime(at(path), FileTime.from(at));
        return this;
    }

    /** A TCP socket that waits for peers, and a process that holds it. */
    public Machine listener(
            String table, String hexAddress, int port, int pid, String process, String group)
            throws IOException {
        var inode = 70_000 + pid;
        var file = at("/proc/net/" + table);
        var before = Files.exists(file) ? Files.readString(file) : header();
        Files.createDirectories(at("/proc/net"));
        Files.writeString(
                file,
                before
                        + "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000     0        0 %d 1 0000000000000000 100 0 0 10 0\n"
                                .formatted(
                                        hexAddress,
                                        port,
                                        table.startsWith("tcp") ? "0A" : "07",
                                        inode));
        file("/proc/%d/comm".formatted(pid), process + "\n");
        file("/proc/%d/cgroup".formatted(pid), "0::" + group + "\n");
        Files.createDirectories(at("/proc/%d/fd".formatted(pid)));
        Files.createSymbolicLink(
                at("/proc/%d/fd/3".formatted(pid)), Path.of("socket:[%d]".formatted(inode)));
        return this;
    }

    /** A restic repository whose newest snapshot was written then. */
    public Machine restic(String path, Instant newest) throws IOException {
        file(path + "/config", "encrypted");
        file(path + "/keys/0a1b", "{}");
        file(path + "/snapshots/1111", "older");
        modified(path + "/snapshots/1111", newest.minusSeconds(86_400));
        file(path + "/snapshots/2222", "newest");
        return modified(path + "/snapshots/2222", newest);
    }

    /** A borg repository whose newest commit was written then. */
    public Machine borg(String path, Instant newest) throws IOException {
        file(path + "/README", "This is a Borg Backup repository.\n");
        file(path + "/config", "[repository]\nversion = 1\n");
        file(path + "/data/0/1", "segment");
        file(path + "/index.17", "index");
        return modified(path + "/index.17", newest);
    }

    /** A stand-in for systemctl that prints the given text. */
    public Map<String, String> systemctl(String output) throws IOException {
        file("/stand-in/output", output);
        program("/stand-in/systemctl", "#!/bin/sh\ncat '%s'\n".formatted(at("/stand-in/output")));
        return Map.of("PATH", at("/stand-in").toString());
    }

    /** All sources but the container engine, with a disk of a fixed size. */
    public List<Source> sources(Map<String, String> environment) {
        var sources = new ArrayList<Source>();
        sources.add(new UnitSource(environment));
        sources.add(new CronSource(root, ZoneOffset.UTC, NOW));
        sources.add(new ListenerSource(root));
        sources.add(new BackupSource(root));
        sources.add(new RepositorySource(root));
        sources.add(new DiskSource(root, mount -> new DiskSource.Free(100L << 30, 60L << 30)));
        return List.copyOf(sources);
    }
}
