package olympus.agent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The users of this machine, and how to run a command as one of them. Looks into {@code /etc}
 * first, then asks getent.
 */
final class Accounts {

    private static final long GETENT_SECONDS = 5;

    private final int effectiveUser;

    Accounts(int effectiveUser) {
        this.effectiveUser = effectiveUser;
    }

    /** What resolving a declared user gives. */
    sealed interface Resolution {}

    /**
     * @param prefix the words in front of a command that switch to this user; empty when nothing is
     *     to be switched
     */
    record Account(String name, String home, String shell, List<String> prefix)
            implements Resolution {}

    record Unusable(String reason) implements Resolution {}

    /**
     * @param user name or number, optionally {@code :group}; empty for the agent's own
     */
    Resolution resolve(Optional<String> user) {
        if (user.isEmpty()) {
            return own();
        }
        var colon = user.get().indexOf(':');
        var name = colon < 0 ? user.get() : user.get().substring(0, colon);
        var entry = entry("passwd", name);
        if (entry.isEmpty()) {
            return new Unusable("there is no user \"%s\" on this machine".formatted(name));
        }
        var group = colon < 0 ? entry.get()[3] : user.get().substring(colon + 1);
        var groupEntry = entry("group", group);
        if (groupEntry.isEmpty()) {
            return new Unusable("there is no group \"%s\" on this machine".formatted(group));
        }
        return switchTo(entry.get(), groupEntry.get()[2], colon >= 0);
    }

    private Resolution switchTo(String[] passwd, String groupId, boolean groupGiven) {
        var userId = Integer.parseInt(passwd[2]);
        if (userId == effectiveUser && !groupGiven) {
            return new Account(passwd[0], passwd[5], shell(passwd), List.of());
        }
        if (effectiveUser != 0) {
            return new Unusable(
                    "cannot run as user %s: the agent runs as user number %d, only root may switch users"
                            .formatted(passwd[0], effectiveUser));
        }
        var setpriv = Path.of("/usr/bin/setpriv");
        if (!Files.isExecutable(setpriv)) {
            return new Unusable(
                    "cannot run as user %s: %s (package util-linux) is missing"
                            .formatted(passwd[0], setpriv));
        }
        return new Account(
                passwd[0],
                passwd[5],
                shell(passwd),
                List.of(
                        setpriv.toString(),
                        "--reuid=" + userId,
                        "--regid=" + groupId,
                        "--init-groups",
                        "--"));
    }

    private Account own() {
        var entry = entry("passwd", Integer.toString(effectiveUser));
        return entry.map(passwd -> new Account(passwd[0], passwd[5], shell(passwd), List.of()))
                .orElseGet(() ->
                        new Account(Integer.toString(effectiveUser), "/", "/bin/sh", List.of()));
    }

    private static String shell(String[] passwd) {
        return passwd.length > 6 && !passwd[6].isEmpty() ? passwd[6] : "/bin/sh";
    }

    private static Optional<String[]> entry(String database, String nameOrNumber) {
        var local = inFile(Path.of("/etc", database), nameOrNumber);
        return local.isPresent() ? local : asked(database, nameOrNumber);
    }

    private static Optional<String[]> inFile(Path file, String nameOrNumber) {
        try (var lines = Files.lines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(fields ->
                            fields.length > 3 || (fields.length > 2 && file.endsWith("group")))
                    .filter(fields ->
                            fields[0].equals(nameOrNumber) || fields[2].equals(nameOrNumber))
                    .findFirst();
        } catch (IOException noSuchFile) {
            return Optional.empty();
        }
    }

    /** Users may live elsewhere (LDAP, SSSD): getent asks the same sources as login does. */
    private static Optional<String[]> asked(String database, String nameOrNumber) {
        try {
            var process =
                    new ProcessBuilder("getent", database, nameOrNumber)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(GETENT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            var answer =
                    new String(
                            process.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? Optional.of(answer.strip().split(":", -1))
                    : Optional.empty();
        } catch (IOException noGetent) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
