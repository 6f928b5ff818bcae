package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.json.DurationText;
import olympus.server.group.StoreWrites;
import olympus.server.tokens.ApiTokens;
import olympus.server.tokens.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The tokens of this API: making one with a role, listing, revoking. */
@RestController
final class TokensController {

    private final ApiTokens tokens;

    TokensController(Backend backend) {
        this.tokens =
                new ApiTokens(
                        backend.outside().tokens(),
                        new StoreWrites(backend.hermes(), backend.clock(), backend.deadline()));
    }

    record ApiTokenRequest(@Nullable String role, Optional<String> name, Optional<String> ttl) {}

    /** Shows no token as text. */
    record ApiTokenMade(String token, String name, String role, Optional<Instant> ends) {
        @Override
        public String toString() {
            return "ApiTokenMade[" + name + "]";
        }
    }

    record ApiTokenList(List<ApiToken> tokens) {}

    record ApiToken(
            String name, String role, String madeBy, Instant madeAt, Optional<Instant> ends) {

        static ApiToken of(ApiTokens.Shown token) {
            return new ApiToken(
                    token.name(),
                    token.role().word(),
                    token.madeBy(),
                    token.madeAt(),
                    token.ends());
        }
    }

    @PostMapping(path = Api.V1 + "/tokens", consumes = Api.JSON, produces = Api.JSON)
    @ResponseStatus(HttpStatus.CREATED)
    ApiTokenMade make(@RequestBody ApiTokenRequest body, HttpServletRequest request) {
        var life =
                body.ttl()
                        .map(text ->
                                DurationText.parse(text)
                                        .orElseThrow(() ->
                                                invalid(
                                                        "ttl: \"%s\" is not %s"
                                                                .formatted(
                                                                        text,
                                                                        DurationText.EXPECTED))));
        var made = tokens.make(role(body.role()), body.name(), life, Caller.of(request).name());
        request.setAttribute(
                AuditTrail.DETAIL, "token %s, role %s".formatted(made.name(), made.role().word()));
        return new ApiTokenMade(made.token(), made.name(), made.role().word(), made.ends());
    }

    private static Role role(@Nullable String word) {
        return Optional.ofNullable(word)
                .flatMap(Role::parse)
                .orElseThrow(() ->
                        invalid(
                                "role: %s; expected viewer, operator or admin"
                                        .formatted(
                                                word == null
                                                        ? "none is given"
                                                        : "\"" + word + "\" is none")));
    }

    private static OlympusException invalid(String why) {
        return new OlympusException(ErrorCode.INVALID, why);
    }

    @GetMapping(path = Api.V1 + "/tokens", produces = Api.JSON)
    ApiTokenList all() {
        return new ApiTokenList(tokens.all().stream().map(ApiToken::of).toList());
    }

    @DeleteMapping(path = Api.V1 + "/tokens/{holder}", produces = Api.JSON)
    ApiToken revoke(@PathVariable String holder) {
        return ApiToken.of(tokens.revoke(holder));
    }
}
