package olympus.model.stack;

/** A value with the place where it was written. */
record Located<T>(Place place, T value) {}
