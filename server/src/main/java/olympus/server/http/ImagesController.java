package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.StackName;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.zeus.ClusterView.InstanceView;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which images a stack runs, which newer ones registries offer, and the order to take them. */
@RestController
final class ImagesController {

    private static final Pattern REFERENCE = Pattern.compile("[a-z0-9][\\w./:@-]{0,511}");

    private final Backend backend;
    private final AskedNodes nodes;

    ImagesController(Backend backend) {
        this.backend = backend;
        this.nodes = new AskedNodes(backend);
    }

    record Images(String stack, long revision, List<ServiceImage> images) {}

    record ServiceImage(
            String service,
            String reference,
            Optional<String> running,
            Optional<String> offered,
            List<NewerTag> newer,
            Optional<String> problem) {}

    record NewerTag(String tag, String digest, boolean major, boolean asked) {
        static NewerTag of(NodeAnswer.NewerTag tag) {
            return new NewerTag(tag.tag(), tag.digest(), tag.major(), tag.asked());
        }
    }

    @GetMapping(path = Api.V1 + "/stacks/{stack}/images", produces = Api.JSON)
    Images images(
            @PathVariable String stack,
            @RequestParam(defaultValue = "") String only,
            @RequestParam(defaultValue = "") String to) {
        var name = new StackName(stack);
        var revision = backend.revision(name);
        var wanted = wanted(words(to));
        var asked = firstOfEach(name, new TreeSet<>(words(only)));
        var found = new ArrayList<ServiceImage>();
        nodes.ask(
                asked,
                here ->
                        new NodeQuestion.Images(
                                here.stream()
                                        .map(AskedNodes::id)
                                        .map(id ->
                                                new NodeQuestion.ImageOf(
                                                        id,
                                                        Optional.ofNullable(
                                                                wanted.get(
                                                                        id.service().service()))))
                                        .toList()),
                answer -> {
                    if (!(answer instanceof NodeAnswer.Images images)) {
                        throw AskedNodes.unexpected(answer);
                    }
                    images.images().forEach(image -> found.add(entry(image)));
                },
                (here, why) ->
                        here.forEach(instance ->
                                found.add(
                                        new ServiceImage(
                                                AskedNodes.id(instance).service().service(),
                                                "",
                                                Optional.empty(),
                                                Optional.empty(),
                                                List.of(),
                                                Optional.of(why)))));
        found.sort(Comparator.comparing(ServiceImage::service));
        return new Images(stack, revision, found);
    }

    private static ServiceImage entry(NodeAnswer.Image image) {
        return new ServiceImage(
                image.instance().service().service(),
                image.reference(),
                image.running(),
                image.offered(),
                image.newer().stream().map(NewerTag::of).toList(),
                image.problem());
    }

    /** Separated by commas. */
    private static List<String> words(String text) {
        return Arrays.stream(text.split(",")).filter(word -> !word.isEmpty()).toList();
    }

    /** {@code SERVICE=TAG} each. */
    private static Map<String, String> wanted(List<String> to) {
        var wanted = new TreeMap<String, String>();
        for (var one : to) {
            var parts = one.split("=", 2);
            if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw new OlympusException(
                        ErrorCode.INVALID, "\"%s\" is not SERVICE=TAG".formatted(one));
            }
            wanted.put(parts[0], parts[1]);
        }
        return wanted;
    }

    /** All instances of a service have the same image: one of them is asked about. */
    private Map<NodeId, List<InstanceView>> firstOfEach(StackName stack, Set<String> services) {
        var known = new TreeSet<String>();
        var asked = new LinkedHashMap<NodeId, List<InstanceView>>();
        nodes.instances(stack)
                .forEach((node, instances) -> {
                    for (var instance : instances) {
                        var service = AskedNodes.id(instance).service().service();
                        if (known.add(service)
                                && (services.isEmpty() || services.contains(service))) {
                            asked.computeIfAbsent(node, _ -> new ArrayList<>()).add(instance);
                        }
                    }
                });
        for (var service : services) {
            if (!known.contains(service)) {
                throw new OlympusException(
                        ErrorCode.NOT_FOUND,
                        "stack %s has no instance of a service %s; it has %s"
                                .formatted(stack, service, known));
            }
        }
        return asked;
    }

    /**
     * @param images reference by service
     */
    record ImagesRequest(@Nullable Map<String, @Nullable String> images) {}

    @PostMapping(path = Api.V1 + "/stacks/{stack}/images", consumes = Api.JSON, produces = Api.JSON)
    Answers.Plan update(
            @PathVariable String stack,
            @RequestHeader(name = IfMatch.HEADER, required = false) Optional<String> match,
            @RequestBody ImagesRequest body,
            HttpServletRequest request) {
        var images = named(body.images());
        var plan =
                backend.stacks()
                        .updateImages(
                                new StackName(stack),
                                images,
                                IfMatch.revision(match),
                                Caller.of(request).actor());
        return Answers.Plan.of(
                backend.deadline().await(plan, "updating the images of " + stack), backend.view());
    }

    private static Map<String, String> named(@Nullable Map<String, @Nullable String> images) {
        var named = new TreeMap<String, String>();
        if (images != null) {
            images.forEach((service, image) -> {
                if (image == null || !REFERENCE.matcher(image).matches()) {
                    throw new OlympusException(
                            ErrorCode.INVALID,
                            "\"%s\" is no image for %s; expected one such as nginx:1.27@sha256:…"
                                    .formatted(image, service));
                }
                named.put(service, image);
            });
        }
        if (named.isEmpty()) {
            throw new OlympusException(
                    ErrorCode.INVALID, "no images are named; expected at least one service");
        }
        return named;
    }
}
