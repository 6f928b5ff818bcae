package olympus.server.http;

/** Where the API lies. */
final class Api {

    static final String V1 = "/api/v1";
    static final String SSE = "text/event-stream";

    /** What only programs read. */
    static final String BYTES = "application/octet-stream";

    static final String JSON = "application/json";

    private Api() {}
}
