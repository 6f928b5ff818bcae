package olympus.hermes.internal.snapshot;

/** The kinds of blocks of a snapshot file. Numbers are for ever. */
final class Block {

    static final int MAGIC = 0x4F48534E; // "OHSN"
    static final int FORMAT = 1;

    static final int HEAD = 1;
    static final int ENTRIES = 2;
    static final int RING = 3;
    static final int LEASES = 4;
    static final int STREAM = 5;
    static final int ORIGINS = 6;
    static final int SKIPPED = 7;
    static final int END = 9;

    /** Type and length before the content, checksum behind it. */
    static final int PREFIX_BYTES = 5;

    static final int CHECKSUM_BYTES = 4;
    static final int PREAMBLE_BYTES = 8;

    /** A transaction's changes stay in one block: 10,000 deleted keys of 4 KiB and a megabyte. */
    static final int MAX_BYTES = 64 << 20;

    /** Blocks are begun anew after so many bytes of content. */
    static final int GOAL_BYTES = 1 << 20;

    private Block() {}
}
