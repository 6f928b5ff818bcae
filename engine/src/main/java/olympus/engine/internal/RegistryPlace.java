package olympus.engine.internal;

/**
 * Where an image lies in its registry.
 *
 * @param host with its port
 * @param path of the repository on the registry
 * @param login under which {@code config.json} knows the registry
 */
record RegistryPlace(
        String host, String path, String repository, String tagOrDigest, String login) {

    private static final String HUB = "registry-1.docker.io";

    static RegistryPlace of(String reference) {
        var name = ImageName.parse(reference);
        var repository = name.repository();
        if (name.registry().startsWith("https://index.docker.io")) {
            var bare = repository.replaceFirst("^(index\\.)?docker\\.io/", "");
            return new RegistryPlace(
                    HUB,
                    bare.contains("/") ? bare : "library/" + bare,
                    repository,
                    name.tagOrDigest(),
                    name.registry());
        }
        return new RegistryPlace(
                name.registry(),
                repository.substring(name.registry().length() + 1),
                repository,
                name.tagOrDigest(),
                name.registry());
    }
}
