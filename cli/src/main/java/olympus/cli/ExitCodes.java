package olympus.cli;

/** The documented exit codes of the command. */
final class ExitCodes {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int CANNOT_CONNECT = 3;
    static final int REFUSED = 4;

    /** Only where asked for: something is not as declared, or could be newer. */
    static final int DIFFERS = 5;

    private ExitCodes() {}
}
