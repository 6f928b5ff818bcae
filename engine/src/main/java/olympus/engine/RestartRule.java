package olympus.engine;

/**
 * The engine's own restart policy of a container.
 *
 * @param word {@code no}, {@code always}, {@code unless-stopped} or {@code on-failure}
 * @param maximum attempts of {@code on-failure}; 0 for no end
 */
public record RestartRule(String word, int maximum) {
    public static final RestartRule NO = new RestartRule("no", 0);
}
