package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import olympus.engine.AttachedExec;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerEngine;
import olympus.engine.ContainerSummary;
import olympus.engine.Creation;
import olympus.engine.EngineAddress;
import olympus.engine.EngineEvent;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.EngineInfo;
import olympus.engine.ExecOrder;
import olympus.engine.ExecResult;
import olympus.engine.FileContent;
import olympus.engine.Images;
import olympus.engine.LogChunk;
import olympus.engine.LogQuery;
import olympus.engine.Networks;
import olympus.engine.Registries;
import olympus.engine.RestartRule;
import olympus.engine.SettingDifference;
import olympus.engine.Usage;
import olympus.engine.Volumes;
import olympus.engine.internal.EngineCalls.Call;
import tools.jackson.databind.JsonNode;

/** An engine behind Docker's HTTP API, which Podman speaks too. */
public final class HttpEngine implements ContainerEngine {

    private static final Duration CREATED_WITHIN = Duration.ofSeconds(60);
    private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);
    private static final Duration ENDS_AFTER_KILL = Duration.ofSeconds(30);
    private static final Duration REMOVED_WITHIN = Duration.ofSeconds(60);
    private static final Duration LISTED_WITHIN = Duration.ofSeconds(30);

    /** The first version of the API whose stop takes a signal. */
    private static final int STOP_TAKES_SIGNAL = 42;

    private final EngineCalls calls;
    private final Images images;
    private final Registries registries;
    private final Networks networks;
    private final Volumes volumes;

    public HttpEngine(EngineAddress address, Map<String, String> environment) {
        calls = new EngineCalls(address);
        var credentials = new Credentials(environment);
        images = new HttpImages(calls, credentials);
        registries = new HttpRegistries(credentials, new RegistryTrust(calls));
        networks = new HttpNetworks(calls);
        volumes = new HttpVolumes(calls);
    }

    @Override
    public EngineAddress address() {
        return calls.address();
    }

    @Override
    public void ping() {
        calls.json(Call.get("/version"), Attempt.other("reach the engine"));
    }

    @Override
    public EngineInfo info() {
        var version = calls.json(Call.get("/version"), Attempt.other("ask its version"));
        var info = calls.json(Call.get("/info"), Attempt.other("ask for its state"), LISTED_WITHIN);
        var isPodman =
                version.path("Components").values().stream()
                        .anyMatch(part -> Json.text(part, "Name").startsWith("Podman"));
        return new EngineInfo(
                isPodman ? EngineInfo.Product.PODMAN : EngineInfo.Product.DOCKER,
                Json.text(version, "Version"),
                Json.text(version, "ApiVersion"),
                Json.text(info, "DockerRootDir"),
                (int) Json.number(info, "Containers"),
                (int) Json.number(info, "ContainersRunning"),
                Json.text(info, "LoggingDriver"));
    }

    // ---- look

    @Override
    public List<ContainerSummary> list(Map<String, String> labels) {
        var wanted =
                labels.entrySet().stream()
                        .map(label ->
                                label.getValue().isEmpty()
                                        ? label.getKey()
                                        : label.getKey() + "=" + label.getValue())
                        .toList();
        var filter =
                wanted.isEmpty()
                        ? ""
                        : "&filters="
                                + quote(
                                        new String(
                                                Json.bytes(Map.of("label", wanted)),
                                                StandardCharsets.UTF_8));
        return calls
                .json(
                        Call.get("/containers/json?all=1" + filter),
                        Attempt.other("list containers"),
                        LISTED_WITHIN)
                .values()
                .stream()
                .map(ContainerReader::summary)
                .toList();
    }

    @Override
    public ContainerDetails inspect(String container) {
        return ContainerReader.details(
                calls.json(
                        Call.get(path(container, "json")),
                        Attempt.container("look at", container)));
    }

    @Override
    public Optional<ContainerDetails> find(String container) {
        try {
            return Optional.of(inspect(container));
        } catch (EngineException e) {
            if (e.kind() == Kind.NO_SUCH_CONTAINER) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<SettingDifference> differences(String container, Creation declared) {
        var attempt = Attempt.container("look at", container);
        var seen = calls.json(Call.get(path(container, "json")), attempt);
        var id = Json.text(seen, "Image");
        var made = image(id);
        var wanted = images.find(declared.workload().image().reference()).map(Images.Seen::id);
        return new SettingsComparison(seen, made, wanted, info()).with(declared);
    }

    /** Nothing when it was deleted under the container. */
    private JsonNode image(String id) {
        try {
            return calls.json(
                    Call.get("/images/%s/json".formatted(quote(id))), Attempt.image("look at", id));
        } catch (EngineException e) {
            if (e.kind() == Kind.NO_SUCH_IMAGE) {
                return Json.MAPPER.missingNode();
            }
            throw e;
        }
    }

    private static String path(String container, String action) {
        return "/containers/%s/%s".formatted(quote(container), action);
    }

    // ---- change

    @Override
    public String create(Creation creation) {
        var body = new CreateBody(creation);
        var platform =
                creation.workload()
                        .image()
                        .platform()
                        .map(value -> "&platform=" + quote(value))
                        .orElse("");
        var id =
                Json.text(
                        calls.json(
                                Call.post(
                                        "/containers/create?name=%s%s"
                                                .formatted(quote(creation.name()), platform),
                                        body.tree()),
                                Attempt.container("create", creation.name()),
                                CREATED_WITHIN),
                        "Id");
        creation.workload().networking().attachments().stream()
                .skip(1)
                .forEach(attachment ->
                        networks.connect(attachment, id, body.aliases(), body.links()));
        return id;
    }

    @Override
    public void start(String container) {
        calls.json(
                Call.post(path(container, "start")),
                Attempt.container("start", container),
                STARTED_WITHIN);
    }

    @Override
    public void stop(String container, Optional<String> signal, Duration grace) {
        var attempt = Attempt.container("stop", container);
        var seconds = Math.max(0, (grace.toMillis() + 999) / 1_000);
        var deadline = grace.plus(ENDS_AFTER_KILL);
        if (signal.isPresent() && calls.minor() < STOP_TAKES_SIGNAL) {
            stopBySignal(container, signal.get(), grace);
            return;
        }
        var query =
                "stop?t=%d%s"
                        .formatted(
                                seconds, signal.map(name -> "&signal=" + quote(name)).orElse(""));
        calls.json(Call.post(path(container, query)), attempt, deadline);
    }

    private void stopBySignal(String container, String signal, Duration grace) {
        try {
            kill(container, signal);
        } catch (EngineException e) {
            if (e.kind() == Kind.CONFLICT) {
                return;
            }
            throw e;
        }
        try {
            awaitEnd(container, grace);
        } catch (EngineException e) {
            if (e.kind() != Kind.SLOW) {
                throw e;
            }
            calls.json(
                    Call.post(path(container, "stop?t=0")),
                    Attempt.container("stop", container),
                    ENDS_AFTER_KILL);
        }
    }

    private void awaitEnd(String container, Duration within) {
        calls.json(
                Call.post(path(container, "wait")),
                Attempt.container("wait for the end of", container),
                within);
    }

    @Override
    public void kill(String container, String signal) {
        calls.json(
                Call.post(path(container, "kill?signal=" + quote(signal))),
                Attempt.container("send %s to".formatted(signal), container));
    }

    @Override
    public void remove(String container, boolean evenRunning) {
        try {
            calls.json(
                    Call.delete(
                            "/containers/%s?v=0&force=%d"
                                    .formatted(quote(container), evenRunning ? 1 : 0)),
                    Attempt.container("remove", container),
                    REMOVED_WITHIN);
        } catch (EngineException e) {
            if (e.kind() != Kind.NO_SUCH_CONTAINER) {
                throw e;
            }
        }
    }

    @Override
    public void rename(String container, String name) {
        calls.json(
                Call.post(path(container, "rename?name=" + quote(name))),
                Attempt.container("rename to %s the".formatted(name), container));
    }

    @Override
    public void restartRule(String container, RestartRule rule) {
        var policy = Map.of("Name", rule.word(), "MaximumRetryCount", rule.maximum());
        try {
            calls.json(
                    Call.post(path(container, "update"), Map.of("RestartPolicy", policy)),
                    Attempt.container("set the restart policy of", container));
        } catch (EngineException e) {
            // The answer of a server that knows no such path, rather than no such container.
            throw String.valueOf(e.getMessage()).endsWith(": Not Found")
                    ? new EngineException(
                            EngineException.Kind.UNSUPPORTED,
                            "this engine cannot change a restart policy (Podman can from 5.1 on)",
                            e)
                    : e;
        }
    }

    @Override
    public void put(String container, List<FileContent> files) {
        var archive = new ByteArrayOutputStream();
        var tar = new TarWriter(archive);
        try {
            for (var file : files) {
                tar.file(
                        new TarWriter.Head(
                                file.path().replaceFirst("^/+", ""),
                                TarWriter.FILE,
                                file.mode(),
                                file.uid(),
                                file.gid(),
                                file.content().length,
                                0,
                                ""),
                        file.content());
            }
            tar.end();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write an archive in memory", e);
        }
        calls.json(
                Call.put(path(container, "archive?path=%2F"), archive.toByteArray()),
                Attempt.container("put files into", container),
                CREATED_WITHIN);
    }

    // ---- use

    @Override
    public ExecResult exec(
            String container, List<String> command, Duration deadline, int outputLimit) {
        var attempt = Attempt.container("run %s in".formatted(command.getFirst()), container);
        var body = new LinkedHashMap<String, Object>();
        body.put("AttachStdout", true);
        body.put("AttachStderr", true);
        body.put("Cmd", command);
        var id = Json.text(calls.json(Call.post(path(container, "exec"), body), attempt), "Id");
        return calls.within(
                attempt,
                deadline,
                () -> {
                    var output = execOutput(id, attempt, deadline, outputLimit);
                    var seen = calls.json(Call.get("/exec/%s/json".formatted(id)), attempt);
                    return new ExecResult(
                            (int) Json.number(seen, "ExitCode"),
                            output.toString(StandardCharsets.UTF_8),
                            output.size() >= outputLimit);
                });
    }

    private ByteArrayOutputStream execOutput(
            String id, Attempt attempt, Duration deadline, int limit) throws IOException {
        var output = new ByteArrayOutputStream();
        var start =
                Call.post("/exec/%s/start".formatted(id), Map.of("Detach", false, "Tty", false));
        try (var flow = calls.open(start, attempt, deadline);
                var data = new DataInputStream(flow.body())) {
            var more = true;
            while (more) {
                more =
                        Frames.next(
                                data,
                                (error, content) ->
                                        output.write(
                                                content,
                                                0,
                                                Math.min(content.length, limit - output.size())));
            }
        }
        return output;
    }

    @Override
    public AttachedExec attach(String container, ExecOrder order) {
        return HttpExec.start(calls, container, order);
    }

    @Override
    public Usage stats(String container) {
        return ContainerReader.usage(
                calls.json(
                        Call.get(path(container, "stats?stream=0&one-shot=1")),
                        Attempt.container("measure", container)));
    }

    @Override
    public void logs(String container, LogQuery query, Consumer<LogChunk> sink) {
        var attempt = Attempt.container("read the output of", container);
        var path = new StringBuilder("logs?stdout=1&stderr=1&timestamps=1");
        query.since()
                .ifPresent(at ->
                        path.append("&since=%d.%09d".formatted(at.getEpochSecond(), at.getNano())));
        query.tail().ifPresent(lines -> path.append("&tail=").append(lines));
        if (query.follow()) {
            path.append("&follow=1");
        }
        try (var flow =
                        calls.open(
                                Call.get(path(container, path.toString())),
                                attempt,
                                LISTED_WITHIN);
                var body = new java.io.BufferedInputStream(flow.body())) {
            Frames.lines(body, query.terminal(), sink);
        } catch (IOException e) {
            throw new EngineException(
                    Thread.currentThread().isInterrupted() ? Kind.CANCELLED : Kind.ABSENT,
                    "cannot %s: the stream broke: %s".formatted(attempt.what(), e.getMessage()),
                    e);
        }
    }

    @Override
    public Subscription events(Consumer<EngineEvent> listener) {
        return new EventStream(calls, listener);
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Registries registries() {
        return registries;
    }

    @Override
    public Networks networks() {
        return networks;
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public void close() {
        calls.close();
    }
}
