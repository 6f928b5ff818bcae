package olympus.engine.internal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import olympus.engine.EngineAddress;

/**
 * A connection to an engine that has stopped speaking HTTP: after the answer to one request both
 * sides send bytes as they like, and each can end its half. docker-java's transport cannot end the
 * half towards the engine, without which a command never sees the end of its input.
 *
 * <p>Threading: one thread reads, one writes, any may close. Limits: {@link #HEAD_LIMIT} and {@link
 * #REFUSAL_LIMIT} bytes of answer.
 */
final class RawStream implements Closeable {

    private static final int HEAD_LIMIT = 16 << 10;
    private static final int REFUSAL_LIMIT = 64 << 10;
    private static final int SWITCHING = 101;
    private static final int OK = 200;
    private static final int DEFAULT_PORT = 2375;

    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;

    private RawStream(SocketChannel channel) {
        this.channel = channel;
        this.input = Channels.newInputStream(channel);
        this.output = Channels.newOutputStream(channel);
    }

    /** Sends the request; throws what the engine refuses. */
    static RawStream open(EngineAddress address, String path, byte[] json, Attempt attempt)
            throws IOException {
        var raw = new RawStream(connect(address));
        try {
            raw.request(path, json);
            raw.answer(attempt);
            return raw;
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private static SocketChannel connect(EngineAddress address) throws IOException {
        var socket = address.socket();
        if (socket.isPresent()) {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket.get()));
        }
        var uri = address.uri();
        var port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        return SocketChannel.open(new InetSocketAddress(uri.getHost(), port));
    }

    private void request(String path, byte[] json) throws IOException {
        var head =
                "POST %s HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, json.length);
        output.write(head.getBytes(StandardCharsets.US_ASCII));
        output.write(json);
    }

    private void answer(Attempt attempt) throws IOException {
        var head = head();
        var words = head.split(" ", 3);
        var status =
                words.length > 1 && words[1].matches("\\d{3}") ? Integer.parseInt(words[1]) : 0;
        if (status != SWITCHING && status != OK) {
            throw attempt.refused(status, EngineCalls.message(body(head)));
        }
    }

    /** Byte by byte, because what follows is not HTTP any more. */
    private String head() throws IOException {
        var head = new ByteArrayOutputStream();
        var ending = 0;
        while (ending < 4) {
            var next = input.read();
            if (next < 0 || head.size() >= HEAD_LIMIT) {
                throw new IOException("no HTTP answer came");
            }
            head.write(next);
            ending = next == (ending % 2 == 0 ? '\r' : '\n') ? ending + 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private byte[] body(String head) throws IOException {
        for (var line : head.split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                var length = line.substring(line.indexOf(':') + 1).strip();
                if (length.matches("\\d{1,9}")) {
                    return input.readNBytes(Math.min(Integer.parseInt(length), REFUSAL_LIMIT));
                }
            }
        }
        var some = new byte[REFUSAL_LIMIT];
        return java.util.Arrays.copyOf(some, Math.max(0, input.read(some)));
    }

    InputStream input() {
        return input;
    }

    OutputStream output() {
        return output;
    }

    /** The engine reads no more from here. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
