package olympus.agent.internal;

/**
 * How far the output of an instance has been taken over into its segments.
 *
 * @param epoch run number, the {@code sourceEpoch} of its lines
 * @param sequence of the last line taken
 * @param stdout bytes of stdout taken
 * @param stderr bytes of stderr taken
 */
record LogPosition(long epoch, long sequence, long stdout, long stderr) {

    static final LogPosition NOTHING = new LogPosition(0, 0, 0, 0);

    /** The beginning of a run. */
    static LogPosition of(long epoch) {
        return new LogPosition(epoch, 0, 0, 0);
    }

    /** After one line more, which ended at this offset of its stream. */
    LogPosition after(boolean isError, long end) {
        return isError
                ? new LogPosition(epoch, sequence + 1, stdout, end)
                : new LogPosition(epoch, sequence + 1, end, stderr);
    }

    long offset(boolean isError) {
        return isError ? stderr : stdout;
    }
}
