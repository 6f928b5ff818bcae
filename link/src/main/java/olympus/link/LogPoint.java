package olympus.link;

/** The place of a line in the output of an instance on a node: its run, and its number in that. */
public record LogPoint(long epoch, long sequence) implements Comparable<LogPoint> {

    @Override
    public int compareTo(LogPoint other) {
        var byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
    }
}
