package olympus.engine;

/**
 * The engine's own restart policy of a container.
 *
 * @param word {@code no}, {@code always}, {@code unless-stopped} or {@code on-failure}
 * @param maximum attempts of {@code on-failure}; 0 for no end
 */
public record RestartRule(String word, int maximum) {
    public static final RestartRule NO = new RestartRule("no", 0);

    /** As Compose writes it: {@code always}, {@code on-failure:3}. */
    public static RestartRule of(String text) {
        var colon = text.indexOf(':');
        return colon < 0
                ? new RestartRule(text, 0)
                : new RestartRule(
                        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
