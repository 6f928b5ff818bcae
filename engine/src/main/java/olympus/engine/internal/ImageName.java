package olympus.engine.internal;

/**
 * The parts of an image's name.
 *
 * @param registry as in {@code config.json}; Docker's own is {@code https://index.docker.io/v1/}
 * @param repository with the registry in front, as written
 * @param tagOrDigest {@code latest} when neither is written
 */
record ImageName(String registry, String repository, String tagOrDigest) {

    private static final String DOCKER_HUB = "https://index.docker.io/v1/";

    static ImageName parse(String reference) {
        var at = reference.indexOf('@');
        var named = at < 0 ? reference : reference.substring(0, at);
        var colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        var repository = colon < 0 ? named : named.substring(0, colon);
        var tag = colon < 0 ? "latest" : named.substring(colon + 1);
        return new ImageName(
                registry(repository), repository, at < 0 ? tag : reference.substring(at + 1));
    }

    /** Whether two references mean the same, however much of them is written. */
    static boolean sameImage(String one, String other) {
        return full(one).equals(full(other));
    }

    private static String full(String reference) {
        var name = parse(reference);
        var repository =
                name.repository()
                        .replaceFirst("^(docker\\.io|index\\.docker\\.io|localhost)/", "")
                        .replaceFirst("^library/", "");
        return repository + "@" + name.tagOrDigest();
    }

    private static String registry(String repository) {
        var slash = repository.indexOf('/');
        var first = slash < 0 ? "" : repository.substring(0, slash);
        var isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return !isHost || first.equals("docker.io") ? DOCKER_HUB : first;
    }
}
