package olympus.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The conversation with a command that was started: standard input, output and errors over a
 * WebSocket, bytes exact. Ctrl-C, and every other end of this process, ends the command.
 *
 * <p>Threading: output is written by the WebSocket's thread, which waits while nobody takes it;
 * input has a thread of its own, which waits for the server's credit.
 */
final class ExecClient {

    private static final int PIECE = 16 * 1024;
    private static final byte INPUT = 0;
    private static final byte ERRORS = 2;

    /** What a shell tells of a command whose output nobody takes any more. */
    private static final int BROKEN_PIPE = 128 + 13;

    private static final Duration LOOK_AT_SIZE_EVERY = Duration.ofMillis(250);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(2);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Sockets sockets;
    private final Console console;
    private final Optional<LocalTerminal> terminal;
    private final boolean input;
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final Semaphore credit = new Semaphore(0);

    /** Opens WebSockets of the API. */
    @FunctionalInterface
    interface Sockets {
        WebSocket open(String path, WebSocket.Listener listener);
    }

    /**
     * @param terminal where the command has one
     * @param input whether it gets standard input
     */
    ExecClient(Sockets sockets, Console console, Optional<LocalTerminal> terminal, boolean input) {
        this.sockets = sockets;
        this.console = console;
        this.terminal = terminal;
        this.input = input;
    }

    /** The command's exit code. */
    int run(String path) {
        console.out().flush();
        var socket = sockets.open(path, new Hearing());
        var last =
                Thread.ofPlatform()
                        .unstarted(() -> {
                            terminal.ifPresent(LocalTerminal::restore);
                            if (!end.isDone()) {
                                close(socket);
                            }
                        });
        Runtime.getRuntime().addShutdownHook(last);
        try {
            terminal.ifPresent(LocalTerminal::makeRaw);
            if (input) {
                Thread.ofPlatform().daemon().name("exec-input").start(() -> carry(socket));
            }
            return awaitEnd(socket);
        } finally {
            terminal.ifPresent(LocalTerminal::restore);
            console.out().flush();
            Runtime.getRuntime().removeShutdownHook(last);
        }
    }

    private static void close(WebSocket socket) {
        try {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .orTimeout(CLOSED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException gone) {
            socket.abort();
        }
    }

    private int awaitEnd(WebSocket socket) {
        var told = terminal.map(LocalTerminal::size);
        while (true) {
            try {
                return end.get(LOOK_AT_SIZE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillRuns) {
                var now = terminal.map(LocalTerminal::size);
                if (!now.equals(told) && now.isPresent()) {
                    told = now;
                    tell(socket, resize(now.get()));
                }
            } catch (java.util.concurrent.ExecutionException e) {
                throw e.getCause() instanceof CommandFailure known
                        ? known
                        : new CommandFailure(ExecCommand.NOT_RUN, String.valueOf(e.getCause()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure(ExecCommand.NOT_RUN, "interrupted", e);
            }
        }
    }

    private static String resize(LocalTerminal.Size size) {
        var message = JSON.createObjectNode();
        message.putObject("resize").put("columns", size.columns()).put("rows", size.rows());
        return message.toString();
    }

    /** One message at a time, as WebSockets demand. */
    private synchronized void tell(WebSocket socket, String json) {
        try {
            socket.sendText(json, true).join();
        } catch (CompletionException gone) {
            return; // its end is heard by the listener
        }
    }

    private synchronized void send(WebSocket socket, byte[] piece, int length) {
        var message = ByteBuffer.allocate(1 + length);
        message.put(INPUT).put(piece, 0, length).flip();
        socket.sendBinary(message, true).join();
    }

    private void carry(WebSocket socket) {
        InputStream from = console.input();
        var piece = new byte[PIECE];
        try {
            for (var count = from.read(piece); count >= 0; count = from.read(piece)) {
                credit.acquire(count);
                send(socket, piece, count);
            }
            tell(socket, "{\"end\":true}");
        } catch (IOException e) {
            console.err().println("olympus exec: standard input cannot be read: " + e.getMessage());
            tell(socket, "{\"end\":true}");
        } catch (CompletionException gone) {
            return; // its end is heard by the listener
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What comes from the server. */
    private final class Hearing implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();
        private boolean begins = true;
        private boolean errors;

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean last) {
            if (begins && data.hasRemaining()) {
                errors = data.get() == ERRORS;
                begins = false;
            }
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            var to = errors ? console.err() : console.out();
            to.write(bytes, 0, bytes.length);
            to.flush();
            begins = begins || last;
            if (to.checkError()) {
                // As a command does that this shell runs itself: it ends without a word.
                end.complete(BROKEN_PIPE);
                close(socket);
            } else {
                socket.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void heard(JsonNode message) {
            if (message.has("credit")) {
                credit.release(message.path("credit").asInt());
            } else if (message.has("exit")) {
                end.complete(message.path("exit").asInt());
            } else if (message.has("error")) {
                end.completeExceptionally(
                        new CommandFailure(
                                ExecCommand.NOT_RUN,
                                message.path("error").path("detail").asString("")));
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            end.completeExceptionally(
                    new CommandFailure(
                            ExecCommand.NOT_RUN,
                            "the server ended the session%s; the command was ended too"
                                    .formatted(reason.isEmpty() ? "" : " (" + reason + ")")));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            end.completeExceptionally(
                    new CommandFailure(
                            ExecCommand.NOT_RUN,
                            "the connection to the server broke (%s); the command was ended"
                                    .formatted(failure.getMessage())));
        }
    }
}
