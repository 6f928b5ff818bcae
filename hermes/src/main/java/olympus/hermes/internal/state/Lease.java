package olympus.hermes.internal.state;

/** A promise to be heard of again within {@code ttlTicks}; over at {@code deadlineTick}. */
public record Lease(long id, long ttlTicks, long deadlineTick) {

    long hash() {
        return Hash64.mix(Hash64.mix(id, ttlTicks), deadlineTick);
    }
}
