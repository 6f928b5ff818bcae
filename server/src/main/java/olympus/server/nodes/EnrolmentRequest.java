package olympus.server.nodes;

/**
 * With what a machine asks to be let in.
 *
 * @param token the agent token
 * @param node the machine's id, the same at each attempt
 * @param name what people call the machine
 * @param request PKCS #10 in base64: its key, and the proof that it has it
 * @param version of its program
 */
public record EnrolmentRequest(
        String token, String node, String name, String request, String version) {

    /** Shows no token. */
    @Override
    public String toString() {
        return "EnrolmentRequest[%s, %s]".formatted(node, name);
    }
}
