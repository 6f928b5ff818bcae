package olympus.hermes.internal.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit hash for comparing replicas: fast, well mixed, not cryptographic. Its values are part of
 * the log format (agreed entries carry them), so the function must never change within a feature
 * level.
 */
public final class Hash64 {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FIRST = 0xa0761d6478bd642fL;
    private static final long SECOND = 0xe7037ed1a0b428dbL;

    private Hash64() {}

    /** Folds two numbers into one; order matters. */
    public static long mix(long left, long right) {
        var a = left ^ FIRST;
        var b = right ^ SECOND;
        return Math.unsignedMultiplyHigh(a, b) ^ (a * b) ^ Long.rotateLeft(left, 23);
    }

    public static long of(long seed, byte[] bytes) {
        var hash = mix(seed, bytes.length);
        var at = 0;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            hash = mix(hash, (long) LONGS.get(bytes, at));
        }
        long tail = 0;
        for (; at < bytes.length; at++) {
            tail = (tail << 8) | (bytes[at] & 0xff);
        }
        return mix(hash, tail);
    }
}
