package olympus.hermes;

import olympus.foundation.DurationHistogram;

/**
 * How long the store takes, since this member was opened.
 *
 * @param commits from handing an entry of this member to the log until it is applied: writing,
 *     flushing, and agreeing with other members are in it
 * @param turns of the loop: nothing else can be answered while one lasts
 */
public record StoreTimes(DurationHistogram.Reading commits, DurationHistogram.Reading turns) {

    /** Of a store that never opened. */
    public static StoreTimes none() {
        var nothing = new DurationHistogram().read();
        return new StoreTimes(nothing, nothing);
    }
}
