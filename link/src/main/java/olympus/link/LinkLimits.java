package olympus.link;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Every limit and deadline of the link. Both sides of a stream have the same. */
public final class LinkLimits {

    /** The protocol that this side speaks. */
    public static final int PROTOCOL = 1;

    /**
     * What this side understands beyond the first messages of the protocol: 1 questions, 2
     * commands, 3 servers and certificates, 4 leases, 5 facts, 6 commands on the machine.
     */
    public static final int LEVEL = 6;

    /** From which level on a side understands {@code Servers} and {@code Certificate}. */
    static final int MEMBERSHIP_FROM_LEVEL = 3;

    /** From which level on a side understands leases. */
    static final int LEASES_FROM_LEVEL = 4;

    /** From which level on a server understands {@code Facts}. */
    static final int FACTS_FROM_LEVEL = 5;

    /** From which level on an agent understands commands on the machine itself. */
    static final int MACHINE_COMMANDS_FROM_LEVEL = 6;

    /** Until a server has signed the certificate that an agent asked for. */
    public static final Duration CERTIFICATE_DEADLINE = Duration.ofSeconds(30);

    /** Of one message, e.g. a whole assignment: about 10,000 instances. */
    public static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    /** Beyond this a message is not even read to be refused with words: the stream is cut. */
    static final int MAX_READ_BYTES = MAX_MESSAGE_BYTES + 4 * 1024 * 1024;

    /**
     * Servers to which one agent keeps links: the five that an island may have, and those that come
     * and go meanwhile.
     */
    public static final int MAX_SERVERS = 7;

    /** Messages that wait in one lane of one stream. */
    public static final int MAX_QUEUED_MESSAGES = 10_000;

    /** Events that travel in one message. */
    public static final int MAX_EVENTS_PER_MESSAGE = 500;

    /**
     * Log lines are cut into messages of about this size, so that an order never waits behind a
     * long one.
     */
    public static final int LOG_MESSAGE_BYTES = 64 * 1024;

    /** Bytes of log lines that are under way or wait for a slow reader, for each request. */
    public static final int LOG_WINDOW_BYTES = 1024 * 1024;

    /** Log requests that one agent serves at the same time. */
    public static final int MAX_LOG_REQUESTS = 64;

    /** Questions that wait for one agent's answer at the same time. */
    public static final int MAX_QUESTIONS = 32;

    /** What a server allows on top of a question's own deadline, for the way there and back. */
    public static final Duration ANSWER_GRACE = Duration.ofSeconds(3);

    /**
     * Commands that run on one node, in instances or on the machine, at the same time for people.
     */
    public static final int MAX_EXECS = 16;

    /** Bytes of a command's input, and of its output, that are under way or wait. */
    public static final int EXEC_WINDOW_BYTES = 256 * 1024;

    /** Input and output of commands are cut into messages of at most this size. */
    public static final int EXEC_MESSAGE_BYTES = 32 * 1024;

    /** What a message counts beside its bytes, so that many small ones fill no queue. */
    static final int EXEC_MESSAGE_COST = 512;

    /** Until a command runs, or is known not to. */
    public static final Duration EXEC_START_DEADLINE = Duration.ofSeconds(20);

    /** What a command on a machine may take at most. */
    public static final Duration MAX_MACHINE_COMMAND = Duration.ofMinutes(10);

    /** Of a text that explains something to the other side. */
    public static final int MAX_REASON_CHARACTERS = 4_096;

    /** From the opening of a stream to Hello, and from there to Welcome. */
    public static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(10);

    public static final Duration RECONNECT_FIRST = Duration.ofMillis(50);
    public static final Duration RECONNECT_MAX = Duration.ofSeconds(5);

    /**
     * A stream that lasted this long counts as good: the next reconnection begins with the first
     * delay again.
     */
    public static final Duration STABLE_AFTER = Duration.ofSeconds(10);

    /**
     * A server asks a silent connection this often whether it is still there; agents may ask as
     * often.
     */
    public static final Duration SERVER_KEEP_ALIVE = Duration.ofSeconds(2);

    /** The shortest that gRPC allows a client. */
    public static final Duration AGENT_KEEP_ALIVE = Duration.ofSeconds(10);

    public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(3);

    /** What an orderly end may take; then connections are cut. */
    public static final Duration CLOSE_DEADLINE = Duration.ofSeconds(2);

    private LinkLimits() {}

    /** Ends {@code callbacks}; those that take longer than an orderly end may are interrupted. */
    static void end(ExecutorService callbacks) {
        callbacks.shutdown();
        try {
            if (callbacks.awaitTermination(CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callbacks.shutdownNow();
    }

    static String reason(String text) {
        return text.length() <= MAX_REASON_CHARACTERS
                ? text
                : text.substring(0, MAX_REASON_CHARACTERS - 1) + "…";
    }
}
