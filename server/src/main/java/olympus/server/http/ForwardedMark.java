package olympus.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.link.keys.SecretVault;

/**
 * What a server that sends a request on says about it, in the header {@value #HEADER}: which server
 * it is and from which address the request came. It is sealed with the island's key, which only
 * servers have, together with method, target and token, so that nobody else can say it and it is
 * worth nothing with another request.
 *
 * @param by name of the server that sent it on
 * @param from address that the request came from
 */
record ForwardedMark(String by, String from) {

    static final String HEADER = "Olympus-Forwarded";

    private static final String PURPOSE = "olympus forwarded request 1";
    private static final Pattern FORM =
            Pattern.compile("by=([^;]{1,255});for=([^;]{1,255});seal=([0-9a-f]{64})");

    /** The request that is spoken of. */
    record Request(String method, String target, String authorization) {}

    String sealed(Request request, SecretVault vault) {
        var seal = HexFormat.of().formatHex(seal(request, vault));
        return "by=%s;for=%s;seal=%s".formatted(by, from, seal);
    }

    /** What {@code header} says; empty when no server of this island said it of this request. */
    static Optional<ForwardedMark> read(String header, Request request, SecretVault vault) {
        var form = FORM.matcher(header);
        if (!form.matches()) {
            return Optional.empty();
        }
        var mark = new ForwardedMark(form.group(1), form.group(2));
        var given = form.group(3).getBytes(US_ASCII);
        var right = HexFormat.of().formatHex(mark.seal(request, vault)).getBytes(US_ASCII);
        return MessageDigest.isEqual(given, right) ? Optional.of(mark) : Optional.empty();
    }

    private byte[] seal(Request request, SecretVault vault) {
        return vault.vouch(
                PURPOSE,
                String.join("\n", by, from, request.method, request.target, request.authorization));
    }
}
