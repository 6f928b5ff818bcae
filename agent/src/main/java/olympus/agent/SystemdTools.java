package olympus.agent;

/**
 * The programs by which systemd is spoken to: names that are looked for in {@code PATH}, or paths.
 */
public record SystemdTools(String systemctl, String journalctl) {

    public static final SystemdTools IN_PATH = new SystemdTools("systemctl", "journalctl");
}
