package olympus.foundation;

/**
 * What kind of thing went wrong, as the HTTP API and the command line tell it: one code, one HTTP
 * status, one exit code.
 */
public enum ErrorCode {
    /** The request or a file is malformed or breaks a rule of the model. */
    INVALID("invalid", 400, 1),
    /** No or a wrong token. */
    UNAUTHENTICATED("unauthenticated", 401, 4),
    /** The token is good but does not allow this. */
    FORBIDDEN("forbidden", 403, 4),
    /** The named thing does not exist. */
    NOT_FOUND("not-found", 404, 1),
    /** The thing has changed since the caller looked at it, or exists already. */
    CONFLICT("conflict", 409, 1),
    /** If-Match did not hold. */
    PRECONDITION_FAILED("precondition-failed", 412, 1),
    /** Another process holds it. */
    IN_USE("in-use", 423, 4),
    /** Larger than the stated limit. */
    TOO_LARGE("too-large", 413, 1),
    /** Something must be confirmed first, e.g. a removal. */
    CONFIRMATION_REQUIRED("confirmation-required", 428, 4),
    /** Too many requests; retry after the stated time. */
    RATE_LIMITED("rate-limited", 429, 4),
    /** A bug in Olympus. */
    INTERNAL("internal", 500, 1),
    /** Not now: no leader, store halted, disk full, deadline passed. Retrying later may help. */
    UNAVAILABLE("unavailable", 503, 1),
    /**
     * Whether it was carried out is not known: who was asked went away. Look before trying again.
     */
    OUTCOME_UNKNOWN("outcome-unknown", 504, 1),
    /** The disk is full or below its reserve; reads and supervision go on. */
    DISK_FULL("disk-full", 507, 1),
    /** A file of the data folder is damaged; the message names it and the recovery command. */
    CORRUPT("corrupt", 500, 1);

    private final String slug;
    private final int httpStatus;
    private final int exitCode;

    ErrorCode(String slug, int httpStatus, int exitCode) {
        this.slug = slug;
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
    }

    /** The code as it stands in problem+json and in documentation, e.g. {@code not-found}. */
    public String slug() {
        return slug;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /**
     * 1 failed, 4 refused; usage errors (2) and missing connections (3) are the command line's own.
     */
    public int exitCode() {
        return exitCode;
    }
}
