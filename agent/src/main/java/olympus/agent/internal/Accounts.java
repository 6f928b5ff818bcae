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
    private static final int PASSWD_FIELDS = 7;
    private static final int GROUP_FIELDS = 4;

    /** All but the last, which the kernel takes for "none". */
    private static final long LARGEST_NUMBER = 0xFFFF_FFFEL;

    private final int effectiveUser;
    private final Path etc;
    private final UserAllowance allowance;

    /** All users of this machine may be used. */
    Accounts(int effectiveUser) {
        this(effectiveUser, Path.of("/etc"));
    }

    Accounts(int effectiveUser, Path etc) {
        this(effectiveUser, etc, _ -> Optional.empty());
    }

    Accounts(int effectiveUser, Path etc, UserAllowance allowance) {
        this.effectiveUser = effectiveUser;
        this.etc = etc;
        this.allowance = allowance;
    }

    /** What the machine's owner lets the island be here. */
    interface UserAllowance {
        /** Why nothing is run as this declared user; empty when it may be. */
        Optional<String> refusal(Optional<String> user);
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
        var refusal = allowance.refusal(user);
        if (refusal.isPresent()) {
            return new Unusable(refusal.get());
        }
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
        var userId = Long.parseLong(passwd[2]);
        if (userId == Integer.toUnsignedLong(effectiveUser) && !groupGiven) {
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
        var entry = entry("passwd", Integer.toUnsignedString(effectiveUser));
        return entry.map(passwd -> new Account(passwd[0], passwd[5], shell(passwd), List.of()))
                .orElseGet(() ->
                        new Account(Integer.toString(effectiveUser), "/", "/bin/sh", List.of()));
    }

    private static String shell(String[] passwd) {
        return passwd[6].isEmpty() ? "/bin/sh" : passwd[6];
    }

    private Optional<String[]> entry(String database, String nameOrNumber) {
        var local = inFile(etc.resolve(database), nameOrNumber);
        return local.isPresent() ? local : asked(database, nameOrNumber);
    }

    /** Whether a line is one of passwd(5) or group(5) with usable numbers. */
    private static boolean isSound(String database, String[] fields) {
        return database.equals("group")
                ? fields.length == GROUP_FIELDS && isNumber(fields[2])
                : fields.length == PASSWD_FIELDS && isNumber(fields[2]) && isNumber(fields[3]);
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d{1,10}") && Long.parseLong(text) <= LARGEST_NUMBER;
    }

    private static Optional<String[]> inFile(Path file, String nameOrNumber) {
        try (var lines = Files.lines(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(fields -> isSound(file.getFileName().toString(), fields))
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
            return Optional.of(answer.strip().split(":", -1))
                    .filter(fields -> process.exitValue() == 0 && isSound(database, fields));
        } catch (IOException noGetent) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
