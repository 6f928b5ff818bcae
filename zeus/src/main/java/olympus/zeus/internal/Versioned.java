package olympus.zeus.internal;

/** A stored record and the revision that wrote it last: what a compare-and-set compares. */
public record Versioned<T>(T value, long revision) {}
