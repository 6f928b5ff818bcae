package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import olympus.engine.ContainerEngine;
import olympus.engine.EngineException;
import olympus.engine.Images;
import olympus.engine.VersionTags;
import olympus.model.InstanceId;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.NewerTag;
import olympus.model.state.NodeQuestion.ImageOf;

/**
 * Which images the instances of this node run, and which others their registries offer. Several are
 * asked about at the same time, under one deadline; a registry that is silent costs nobody else an
 * answer. Threading: any thread; blocks on the engine and on registries.
 */
final class NodeImages {

    /** Images that are asked about at the same time. */
    static final int AT_A_TIME = 8;

    /** Less than a server waits, so that the others are told when one registry is silent. */
    static final Duration ASKED_WITHIN = Duration.ofSeconds(100);

    private final ContainerEngine engine;
    private final ContainerLaunch launch;
    private final AcceptedSpecs specs;

    NodeImages(ContainerEngine engine, ContainerLaunch launch, AcceptedSpecs specs) {
        this.engine = engine;
        this.launch = launch;
        this.specs = specs;
    }

    NodeAnswer answer(List<ImageOf> wanted) {
        var known = specs.now();
        var lists = new ConcurrentHashMap<String, List<String>>();
        return new NodeAnswer.Images(
                InParallel.each(
                        wanted,
                        AT_A_TIME,
                        ASKED_WITHIN,
                        image -> answer(image, known, lists),
                        image ->
                                unasked(
                                        image,
                                        reference(known, image),
                                        "its registry has not answered within %d s"
                                                .formatted(ASKED_WITHIN.toSeconds()))));
    }

    private static Optional<ContainerPlan> plan(
            Map<InstanceId, InstanceSpec> known, ImageOf image) {
        return Optional.ofNullable(known.get(image.instance())).flatMap(ContainerPlan::of);
    }

    private static String reference(Map<InstanceId, InstanceSpec> known, ImageOf image) {
        return plan(known, image).map(found -> found.workload().image().reference()).orElse("");
    }

    private NodeAnswer.Image answer(
            ImageOf image, Map<InstanceId, InstanceSpec> known, Map<String, List<String>> lists) {
        return plan(known, image)
                .map(found -> answer(image, found, lists))
                .orElseGet(() -> unasked(image, "", "it is no container on this node"));
    }

    private static NodeAnswer.Image unasked(ImageOf image, String reference, String why) {
        return new NodeAnswer.Image(
                image.instance(),
                reference,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(why));
    }

    private NodeAnswer.Image answer(
            ImageOf wanted, ContainerPlan plan, Map<String, List<String>> lists) {
        var reference = plan.workload().image().reference();
        try {
            var running = running(plan, repository(reference));
            if (plan.workload().image().build().isPresent()) {
                return with(unasked(wanted, reference, "it is built here"), running);
            }
            if (tag(reference).isEmpty()) {
                return with(unasked(wanted, reference, "it is pinned by digest alone"), running);
            }
            return with(asked(wanted, reference, lists), running);
        } catch (EngineException e) {
            return unasked(wanted, reference, String.valueOf(e.getMessage()));
        }
    }

    private static NodeAnswer.Image with(NodeAnswer.Image image, Optional<String> running) {
        return new NodeAnswer.Image(
                image.instance(),
                image.reference(),
                running,
                image.offered(),
                image.newer(),
                image.problem());
    }

    /** By which digest the registry knows what runs; empty for what was never in one. */
    private Optional<String> running(ContainerPlan plan, String repository) {
        return launch.find(ContainerRecord.NONE, Optional.of(plan))
                .flatMap(container -> engine.images().find(container.imageId()))
                .map(Images.Seen::digests)
                .flatMap(digests ->
                        digests.stream()
                                .filter(digest -> isOf(digest, repository))
                                .findFirst()
                                .map(digest -> digest.substring(digest.indexOf('@') + 1)));
    }

    private static boolean isOf(String digest, String repository) {
        var at = digest.indexOf('@');
        return at > 0 && bare(digest.substring(0, at)).equals(bare(repository));
    }

    private static String bare(String repository) {
        return repository
                .replaceFirst("^(index\\.)?docker\\.io/", "")
                .replaceFirst("^library/", "");
    }

    private NodeAnswer.Image asked(
            ImageOf wanted, String reference, Map<String, List<String>> lists) {
        var repository = repository(reference);
        var tag = tag(reference).orElseThrow();
        var registries = engine.registries();
        try {
            var offered = registries.digest(repository + ":" + tag);
            var tags =
                    VersionTags.isVersion(tag)
                            ? lists.computeIfAbsent(repository, registries::tags)
                            : List.<String>of();
            var newer = VersionTags.newer(tag, tags);
            var found = new ArrayList<NewerTag>();
            Stream.of(newer.same(), newer.major())
                    .flatMap(Optional::stream)
                    .forEach(other ->
                            registries
                                    .digest(repository + ":" + other)
                                    .ifPresent(digest ->
                                            found.add(
                                                    new NewerTag(
                                                            other,
                                                            digest,
                                                            newer.major()
                                                                    .equals(Optional.of(other)),
                                                            false))));
            wanted.tag().ifPresent(other -> found.add(exactly(repository, other)));
            return new NodeAnswer.Image(
                    wanted.instance(),
                    reference,
                    Optional.empty(),
                    offered,
                    found,
                    offered.isPresent()
                            ? Optional.empty()
                            : Optional.of("the registry has no tag " + tag + " of it any more"));
        } catch (EngineException e) {
            return unasked(wanted, reference, String.valueOf(e.getMessage()));
        }
    }

    private NewerTag exactly(String repository, String tag) {
        return engine.registries()
                .digest(repository + ":" + tag)
                .map(digest -> new NewerTag(tag, digest, false, true))
                .orElseThrow(() ->
                        new EngineException(
                                EngineException.Kind.NO_SUCH_IMAGE,
                                "the registry has no tag %s of %s".formatted(tag, repository)));
    }

    private static String repository(String reference) {
        var named = reference.split("@", 2)[0];
        var colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        return colon < 0 ? named : named.substring(0, colon);
    }

    /** {@code latest} where neither a tag nor a digest is written. */
    private static Optional<String> tag(String reference) {
        var named = reference.split("@", 2)[0];
        var colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        if (colon >= 0) {
            return Optional.of(named.substring(colon + 1));
        }
        return reference.contains("@") ? Optional.empty() : Optional.of("latest");
    }
}
