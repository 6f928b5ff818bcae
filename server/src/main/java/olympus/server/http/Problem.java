package olympus.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * An error answer in the form of RFC 9457, {@code application/problem+json}.
 *
 * @param code the word in {@code type} and {@code code}
 * @param problems places in the files that the request carried, where there are any
 * @param headers what else the answer says, e.g. {@code Retry-After}
 */
record Problem(
        int status,
        String code,
        String title,
        String detail,
        List<olympus.model.Problem> problems,
        Map<String, String> headers) {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final RecordCodec<Body> BODY = RecordCodec.of("problem", 1, Body.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    Problem {
        problems = List.copyOf(problems);
        headers = Map.copyOf(headers);
    }

    static Problem of(ErrorCode code, String detail) {
        return of(code, detail, Map.of());
    }

    static Problem of(ErrorCode code, String detail, Map<String, String> headers) {
        return new Problem(
                code.httpStatus(), code.slug(), title(code.slug()), detail, List.of(), headers);
    }

    /** What a fault of the caller or of the environment says. */
    static Problem of(OlympusException fault) {
        var problem = of(fault.code(), String.valueOf(fault.getMessage()));
        return fault instanceof InvalidRecordException invalid
                ? new Problem(
                        problem.status,
                        problem.code,
                        problem.title,
                        problem.detail,
                        invalid.problems(),
                        Map.of())
                : problem;
    }

    /**
     * What the web framework found wrong with a request: unknown path, method, media type,
     * parameter.
     */
    static Problem of(ErrorResponse response) {
        var status = response.getStatusCode().value();
        var detail = response.getBody().getDetail();
        var headers = new TreeMap<String, String>();
        response.getHeaders()
                .forEach((name, values) -> headers.put(name, String.join(", ", values)));
        headers.remove("Content-Type");
        return ofStatus(status, detail == null ? "" : detail, headers);
    }

    /** For a status that was decided without an {@link ErrorCode}. */
    static Problem ofStatus(int status, String detail, Map<String, String> headers) {
        for (var code : ErrorCode.values()) {
            if (code.httpStatus() == status) {
                return of(code, detail.isEmpty() ? title(code.slug()) : detail, headers);
            }
        }
        var known = HttpStatus.resolve(status);
        var phrase = known == null ? "Error " + status : known.getReasonPhrase();
        return new Problem(
                status,
                phrase.toLowerCase(Locale.ROOT).replace(' ', '-'),
                phrase,
                detail.isEmpty() ? phrase : detail,
                List.of(),
                headers);
    }

    private static String title(String slug) {
        return Character.toUpperCase(slug.charAt(0)) + slug.substring(1).replace('-', ' ');
    }

    /** Writes it as the whole answer, whatever the request said it accepts. */
    void write(HttpServletResponse response) throws IOException {
        response.resetBuffer();
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentType(MEDIA_TYPE);
        var body = json().getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }

    String json() {
        var body = new Body("urn:olympus:error:" + code, title, status, detail, code, problems);
        return JSON.writeValueAsString(BODY.fields(body));
    }

    /** The members of the answer, in their order; {@code problems} only where there are any. */
    record Body(
            String type,
            String title,
            int status,
            String detail,
            String code,
            List<olympus.model.Problem> problems) {}
}
