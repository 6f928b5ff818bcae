package olympus.hermes.internal.state;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the state's hash was after the last entries, and after the first entry of each of the last
 * blocks of {@link #BLOCK} entries: members that are asked a little later still know those.
 */
final class RememberedHashes {

    static final int BLOCK = 256;

    private static final int RECENT = 64;
    private static final int BLOCKS = 16;

    private final long[] recent = new long[RECENT];
    private final long[] recentIndexes = new long[RECENT];
    private final long[] firsts = new long[BLOCKS];
    private final long[] firstIndexes = new long[BLOCKS];
    private long lastBlock = -1;

    RememberedHashes() {
        Arrays.fill(recentIndexes, -1);
        Arrays.fill(firstIndexes, -1);
    }

    void remember(long index, long hash) {
        var slot = (int) (index & (RECENT - 1));
        recentIndexes[slot] = index;
        recent[slot] = hash;
        var block = index / BLOCK;
        if (block != lastBlock) {
            lastBlock = block;
            firstIndexes[(int) (block % BLOCKS)] = index;
            firsts[(int) (block % BLOCKS)] = hash;
        }
    }

    Optional<Long> after(long index) {
        var slot = (int) (index & (RECENT - 1));
        if (recentIndexes[slot] == index) {
            return Optional.of(recent[slot]);
        }
        var block = (int) (index / BLOCK % BLOCKS);
        return firstIndexes[block] == index ? Optional.of(firsts[block]) : Optional.empty();
    }
}
