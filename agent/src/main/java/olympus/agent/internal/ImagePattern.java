package olympus.agent.internal;

/**
 * Which images are meant: a repository ({@code nginx}: whatever tag or digest), one with a tag or a
 * digest (that one), or the beginning of one with {@code *} at its end.
 */
record ImagePattern(String text) {

    private static final String DOCKER = "docker.io/";

    static ImagePattern of(String text) {
        return new ImagePattern(whole(text));
    }

    boolean matches(String image) {
        var whole = whole(image);
        if (text.endsWith("*")) {
            return whole.startsWith(text.substring(0, text.length() - 1));
        }
        if (!whole.startsWith(text)) {
            return false;
        }
        var rest = whole.substring(text.length());
        return rest.isEmpty() || (isRepository() ? ":@" : "@").indexOf(rest.charAt(0)) >= 0;
    }

    private boolean isRepository() {
        return text.indexOf('@') < 0 && text.lastIndexOf(':') < text.lastIndexOf('/');
    }

    /** With its registry, as engines understand a short one. */
    private static String whole(String image) {
        var slash = image.indexOf('/');
        var first = slash < 0 ? "" : image.substring(0, slash);
        if (first.contains(".") || first.contains(":") || first.equals("localhost")) {
            return image.startsWith(DOCKER) && image.indexOf('/', DOCKER.length()) < 0
                    ? DOCKER + "library/" + image.substring(DOCKER.length())
                    : image;
        }
        return DOCKER + (slash < 0 ? "library/" : "") + image;
    }
}
