package olympus.hermes.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StoreLimits;
import olympus.hermes.StreamLimits;
import olympus.hermes.Transaction;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.EntryHeader;
import olympus.hermes.internal.state.LogEntry;
import org.junit.jupiter.api.Test;

/** The format on disk: held by a committed file, and safe against any bytes. */
final class EntryCodecTest {

    private static final LogEntry EVERYTHING =
            new LogEntry(
                    new EntryHeader(1, 2, 3, 4L << 16, 5, 6, 7),
                    List.of(
                            new Command.Found("island"),
                            new Command.TakeEpoch(),
                            new Command.RaiseFeatureLevel(1),
                            new Command.RaiseIncarnation(9),
                            new Command.Configure(new StoreLimits(1_000, 100, 1_000_000, 10, 20)),
                            new Command.VerifyHash(11, 0x1234567890abcdefL),
                            new Command.Transact(
                                    new Transaction(
                                            List.of(
                                                    new Condition.RevisionIs(Key.of("a"), 1),
                                                    new Condition.ValueIs(
                                                            Key.of("b"), Bytes.utf8("x")),
                                                    new Condition.Exists(Key.of("c")),
                                                    new Condition.Absent(Key.of("d")),
                                                    new Condition.EpochIs(2)),
                                            List.of(
                                                    new Operation.Put(
                                                            Key.of("k"), Bytes.utf8("v"), 3),
                                                    new Operation.Delete(Key.of("l")),
                                                    new Operation.DeleteTree(Key.of("m")),
                                                    new Operation.Append(Key.of("s"), Bytes.EMPTY),
                                                    new Operation.LimitStream(
                                                            Key.of("s"),
                                                            new StreamLimits(
                                                                    1, 2, Duration.ofMillis(3))),
                                                    new Operation.GrantLease(Duration.ofSeconds(4)),
                                                    new Operation.KeepAlive(5),
                                                    new Operation.RevokeLease(6))))));

    @Test
    void writesTheBytesOfTheCommittedFileAndReadsThemBack() throws IOException {
        var golden = golden("entry-v1.hex");

        assertThat(HexFormat.of().formatHex(bytes(EntryCodec.encode(EVERYTHING))))
                .isEqualTo(golden);
        assertThat(EntryCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(golden))))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void refusesEveryFlippedBitAndEveryTruncation() {
        var good = bytes(EntryCodec.encode(EVERYTHING));
        for (var bit = 0; bit < good.length * 8; bit++) {
            var bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertMalformed(bad);
        }
        for (var length = 0; length < good.length; length++) {
            assertMalformed(Arrays.copyOf(good, length));
        }
    }

    @Test
    void failsOnlyAsMalformedOnRandomContentWithAGoodChecksum() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var good = bytes(EntryCodec.encode(EVERYTHING));
        for (var round = 0; round < 50_000; round++) {
            var content = Arrays.copyOf(good, good.length - EntryCodec.CHECKSUM_BYTES);
            for (var changes = 1 + random.nextInt(4); changes > 0; changes--) {
                content[random.nextInt(content.length)] = (byte) random.nextInt(256);
            }
            var signed =
                    new ByteWriter(content.length + 4)
                            .raw(content, content.length)
                            .checksumFrom(0)
                            .finish();
            try {
                var decoded = EntryCodec.decode(signed.duplicate());
                assertThat(EntryCodec.decode(EntryCodec.encode(decoded))).isEqualTo(decoded);
            } catch (MalformedData expected) {
                assertThat(expected).hasMessageContaining("at byte");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + " round " + round, bug);
            }
        }
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> EntryCodec.decode(ByteBuffer.wrap(bytes)))
                .isInstanceOf(MalformedData.class);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static String golden(String name) throws IOException {
        try (var in = EntryCodecTest.class.getResourceAsStream("/golden/" + name)) {
            assertThat(in).as("golden file " + name).isNotNull();
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .replaceAll("\\s", "");
        }
    }
}
