package olympus.engine.internal;

import java.util.Locale;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;

/**
 * What a request is for, in the words of an error message: {@code start container web-1}.
 *
 * @param missing what a 404 means
 */
record Attempt(String what, Kind missing) {

    static Attempt container(String what, String container) {
        return new Attempt(what + " container " + container, Kind.NO_SUCH_CONTAINER);
    }

    static Attempt image(String what, String image) {
        return new Attempt(what + " image " + image, Kind.NO_SUCH_IMAGE);
    }

    static Attempt other(String what) {
        return new Attempt(what, Kind.NOT_FOUND);
    }

    EngineException refused(int status, String message) {
        return new EngineException(
                kind(status, message.toLowerCase(Locale.ROOT)),
                "cannot %s: %s".formatted(what, message.strip()));
    }

    private Kind kind(int status, String message) {
        if (message.contains("no space left on device")) {
            return Kind.OUT_OF_SPACE;
        }
        if (message.contains("port is already allocated")
                || message.contains("address already in use")) {
            return Kind.PORT_TAKEN;
        }
        if (message.contains("no such image") || message.contains("image not known")) {
            return Kind.NO_SUCH_IMAGE;
        }
        if (message.contains("no such container")) {
            return Kind.NO_SUCH_CONTAINER;
        }
        if (message.contains("executable file not found")
                || message.contains("exec format error")
                || (message.contains("oci runtime")
                        && message.contains("no such file or directory"))
                || message.contains("unable to find user")) {
            return Kind.CANNOT_RUN;
        }
        if (message.contains("container state improper") || message.contains("is not running")) {
            return Kind.CONFLICT;
        }
        return switch (status) {
            case 404 -> missing;
            case 409 -> Kind.CONFLICT;
            case 401, 403 -> Kind.FORBIDDEN;
            case 400 -> Kind.INVALID;
            default -> Kind.OTHER;
        };
    }
}
