package olympus.link;

/** How large a terminal is, in characters. */
public record TerminalSize(int columns, int rows) {

    private static final int LARGEST = 65_535;

    public TerminalSize {
        if (columns < 0 || columns > LARGEST || rows < 0 || rows > LARGEST) {
            throw new IllegalArgumentException(
                    "not the size of a terminal: %d columns, %d rows; expected 0 to %d of each"
                            .formatted(columns, rows, LARGEST));
        }
    }
}
