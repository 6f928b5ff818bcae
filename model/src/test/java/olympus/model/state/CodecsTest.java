package olympus.model.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.model.Problem;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class CodecsTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TestFactory
    List<DynamicTest> everyRecordReadsAndWritesItsGoldenFile() {
        return Codecs.ALL.stream()
                .map(codec -> DynamicTest.dynamicTest(codec.name(), () -> compare(codec)))
                .toList();
    }

    @TestFactory
    List<DynamicTest> everyQuestionAndAnswerReadsAndWritesItsGoldenFile() {
        var tests = new ArrayList<DynamicTest>();
        for (var sample : Samples.questions()) {
            tests.add(variant(Codecs.ASKED_OF_NODE, sample, sample.question()));
        }
        for (var sample : Samples.answers()) {
            tests.add(variant(Codecs.ANSWERED_BY_NODE, sample, sample.answer()));
        }
        return tests;
    }

    private static <T extends Record> DynamicTest variant(
            RecordCodec<T> codec, T sample, Object kind) {
        var word = kind.getClass().getSimpleName();
        return DynamicTest.dynamicTest(
                codec.name() + " " + word, () -> compare(codec, sample, "." + word));
    }

    @Test
    void readsADenialAsItWasWrittenWhenThereWasAtMostOne() throws IOException {
        var record =
                ((InstanceRecord) sampleOf(Codecs.INSTANCE_RECORD))
                        .withDenials(
                                List.of(
                                        new InstanceRecord.Denial(
                                                "0a1b2c3d",
                                                "user:ana",
                                                Instant.parse("2026-11-21T03:00:00.250Z"))));
        compare(Codecs.INSTANCE_RECORD, record, ".denials");
        var once = Files.readString(GOLDEN.resolve("instance-record.1.denial.json"));
        assertThat(Codecs.INSTANCE_RECORD.decode(once)).isEqualTo(record);
    }

    @Test
    void writesWhereATrialStandsAndNothingWhereNothingIsTried() throws IOException {
        var state = (ServiceState) sampleOf(Codecs.SERVICE_STATE);
        var at = Instant.parse("2026-11-21T03:00:00.250Z");
        var gate = new ServiceState.Gate(ServiceState.Stage.APPROVAL, at, "user:ana");
        var tried = state.withRollout(state.rollout().map(rollout -> rollout.withGate(gate)));
        compare(Codecs.SERVICE_STATE, tried, ".gate");
        assertThat(Codecs.SERVICE_STATE.encode(state)).doesNotContain("gate");
    }

    @Test
    void writesHowAServiceTriesANewVersionAndKeepsItFromNodes() throws IOException {
        var service = (ServiceDefinition) sampleOf(Codecs.SERVICE_DEFINITION);
        var deploy = service.deploy();
        var trial = new DeployPolicy.Trial.Canary(2, Optional.of(Duration.ofHours(8)));
        var tried =
                new DeployPolicy(
                        deploy.mode(),
                        deploy.replicas(),
                        deploy.resources(),
                        deploy.update().with(Optional.of(trial)));
        compare(Codecs.SERVICE_DEFINITION, service.with(tried), ".trial");
        assertThat(Codecs.SERVICE_DEFINITION.encode(service.with(tried.onNode())))
                .as("an agent of the version before has no word for it")
                .doesNotContain("trial");
    }

    @Test
    void samplesEveryQuestionAndAnswer() {
        assertThat(Samples.questions().stream().<Object>map(sample -> sample.question().getClass()))
                .containsExactlyInAnyOrder((Object[]) NodeQuestion.class.getPermittedSubclasses());
        assertThat(Samples.answers().stream().<Object>map(sample -> sample.answer().getClass()))
                .containsExactlyInAnyOrder((Object[]) NodeAnswer.class.getPermittedSubclasses());
    }

    private static <T extends Record> void compare(RecordCodec<T> codec) throws IOException {
        compare(codec, codec.type().cast(sampleOf(codec)), "");
    }

    private static <T extends Record> void compare(RecordCodec<T> codec, T sample, String variant)
            throws IOException {
        var file = GOLDEN.resolve(codec.name() + "." + codec.format() + variant + ".json");
        if (Boolean.getBoolean("golden.create") && Files.notExists(file)) {
            Files.writeString(file, codec.encodeIndented(sample));
        }
        assertThat(file)
                .as("a new format needs a new golden file: -Dgolden.create=true writes it")
                .exists();
        var golden = Files.readString(file);
        assertThat(codec.encodeIndented(sample))
                .as(
                        "the JSON of %s has changed: stores and agents hold the old one, so give it the next format number",
                        codec.name())
                .isEqualTo(golden);
        assertThat(codec.decode(golden)).isEqualTo(sample);
        assertThat(codec.decode(codec.encodeBytes(sample))).isEqualTo(sample);
    }

    private static Record sampleOf(RecordCodec<?> codec) {
        return Samples.all().stream()
                .filter(codec.type()::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sample of " + codec.type()));
    }

    @Test
    void listsEveryCodec() throws IllegalAccessException {
        var declared = new ArrayList<Object>();
        for (var field : Codecs.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == RecordCodec.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(Codecs.ALL).containsExactlyElementsOf(typed(declared));
        assertThat(Codecs.ALL).extracting(RecordCodec::name).doesNotHaveDuplicates();
    }

    private static List<RecordCodec<?>> typed(List<Object> declared) {
        var codecs = new ArrayList<RecordCodec<?>>();
        declared.forEach(codec -> codecs.add((RecordCodec<?>) codec));
        return codecs;
    }

    @Test
    void keepsNoGoldenFileWithoutItsCodec() throws IOException {
        var known = Codecs.ALL.stream().map(RecordCodec::name).toList();
        try (var files = Files.list(GOLDEN)) {
            assertThat(files.map(f -> f.getFileName().toString().split("\\.")[0]))
                    .allSatisfy(name -> assertThat(known).contains(name));
        }
    }

    @Test
    void reportsAllProblemsOfATextAtOnceWithTheirPaths() {
        var text =
                Codecs.SERVICE_DEFINITION
                        .encode(Samples.web())
                        .replace("\"interval\":\"5s\"", "\"interval\":5")
                        .replace(
                                "\"condition\":\"service_healthy\"",
                                "\"condition\":\"service_helthy\"")
                        .replace("\"retries\":3", "\"retires\":3");
        var thrown =
                catchThrowableOfType(
                        InvalidRecordException.class, () -> Codecs.SERVICE_DEFINITION.decode(text));
        assertThat(thrown.code()).isEqualTo(ErrorCode.INVALID);
        assertThat(thrown.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "$.dependsOn.db.condition: found \"service_helthy\"; expected one of service_started, service_healthy, service_completed_successfully; did you mean \"service_healthy\"?",
                        "$.probe.retires: unknown name \"retires\"; expected one of target, interval, timeout, retries, startPeriod; did you mean \"retries\"?",
                        "$.probe.interval: found 5; expected a duration such as 500ms, 30s, 1m30s or 2h",
                        "$.probe.retries: this is missing");
    }

    @Test
    void refusesAFormatItDoesNotKnow() {
        var text = Codecs.DECISION.encode((Decision) Samples.all().getLast());
        assertThatThrownBy(
                        () -> Codecs.DECISION.decode(text.replace("\"format\":1", "\"format\":2")))
                .hasMessageContaining(
                        "format 2; expected format 1; a newer version of Olympus wrote this");
        assertThatThrownBy(() -> Codecs.DECISION.decode(text.replace("\"format\":1,", "")))
                .hasMessageContaining("the format number is missing");
    }

    @Test
    void readsAPointerThatWasWrittenBeforePointersToldTheirIncarnation() {
        var pointer = (StackPointer) Samples.all().getFirst();
        var text = Codecs.STACK_POINTER.encode(pointer);
        var earlier = Codecs.STACK_POINTER.decode(text.replace(",\"incarnation\":1763700000", ""));
        assertThat(earlier.incarnation()).isEmpty();
        assertThat(earlier.revision()).isEqualTo(pointer.revision());
    }

    @Test
    void refusesWhatIsNotJsonAndNamesGivenTwiceAndDepthBombs() {
        for (var text :
                Arrays.asList(
                        "",
                        "{",
                        "[1]",
                        "nul",
                        "{\"format\":1,\"format\":1}",
                        "{\"format\":1}x",
                        "[".repeat(100_000))) {
            assertThatThrownBy(() -> Codecs.DECISION.decode(text))
                    .as(text)
                    .isInstanceOf(InvalidRecordException.class);
        }
    }

    @Test
    void reportsValuesThatTheRecordItselfRefuses() {
        var text =
                Codecs.SERVICE_DEFINITION
                        .encode(Samples.web())
                        .replace("\"first\":8081", "\"first\":0");
        assertThatThrownBy(() -> Codecs.SERVICE_DEFINITION.decode(text))
                .hasMessageContaining("$.ports[0]: not a port range: 0-8082");
    }
}
