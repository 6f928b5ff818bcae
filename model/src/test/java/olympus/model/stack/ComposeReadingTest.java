package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.container.Mount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds single rules of the Compose specification, each with the smallest project that shows it.
 */
final class ComposeReadingTest {

    @TempDir Path folder;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    private StackFolder.Outcome.Loaded loaded(Map<String, String> environment) {
        return switch (StackFolder.load(folder, environment)) {
            case StackFolder.Outcome.Invalid invalid -> throw new AssertionError(invalid.text());
            case StackFolder.Outcome.Loaded loaded -> loaded;
        };
    }

    private String problems(Map<String, String> environment) {
        return switch (StackFolder.load(folder, environment)) {
            case StackFolder.Outcome.Invalid invalid -> invalid.text();
            case StackFolder.Outcome.Loaded loaded -> "none";
        };
    }

    private static ServiceDefinition service(StackFolder.Outcome.Loaded loaded, String name) {
        return Optional.ofNullable(loaded.definition().services().get(name)).orElseThrow();
    }

    private Workload.Container web(Map<String, String> environment) {
        return (Workload.Container) service(loaded(environment), "web").workload();
    }

    private String webText(String variable, Map<String, String> environment) {
        var loaded = loaded(environment);
        var value =
                ((Workload.Container) service(loaded, "web").workload())
                        .environment()
                        .get(variable);
        return switch (value) {
            case null -> "absent";
            case Workload.EnvironmentValue.Literal literal -> literal.value();
            case Workload.EnvironmentValue.Secret secret ->
                    "secret " + loaded.secrets().texts().get(secret.ref());
        };
    }

    @Test
    void readsTheFilesThatComposeFileNames() throws IOException {
        write("compose.yaml", "services: { web: { image: unused } }");
        write("a.yaml", "services: { web: { image: a, command: [x] } }");
        write("deploy/b.yaml", "services: { web: { image: b, volumes: [\"./data:/d\"] } }");
        var web =
                web(Map.of("COMPOSE_FILE", "a.yaml,deploy/b.yaml", "COMPOSE_PATH_SEPARATOR", ","));
        assertThat(web.image().reference()).isEqualTo("b");
        assertThat(web.execution().command()).contains(List.of("x"));
        assertThat(((Mount.Bind) web.mounts().getFirst()).source())
                .as("paths are seen from the project's folder")
                .isEqualTo(folder.resolve("data").toString());
        assertThat(web.project().configFiles())
                .containsExactly(
                        folder.resolve("a.yaml").toString(),
                        folder.resolve("deploy/b.yaml").toString());
    }

    @Test
    void doesNotLookAtAComposeFileOfAnotherFolder() throws IOException {
        write("olympus.yaml", "services: { web: { command: [x] } }");
        assertThat(loaded(Map.of("COMPOSE_FILE", "stack.yml")).definition().services())
                .containsOnlyKeys("web");
    }

    @Test
    void namesTheProjectAsComposeDoes() throws IOException {
        var named = folder.resolve("_My Shop.2");
        Files.createDirectories(named);
        Files.writeString(named.resolve("compose.yaml"), "services: { web: { image: a } }");
        assertThat(
                        ((StackFolder.Outcome.Loaded) StackFolder.load(named, Map.of()))
                                .definition()
                                .name())
                .isEqualTo(new StackName("myshop2"));
        Files.writeString(named.resolve(".env"), "COMPOSE_PROJECT_NAME=other\n");
        Files.writeString(
                named.resolve("compose.yaml"), "name: third\nservices: { web: { image: a } }");
        assertThat(
                        ((StackFolder.Outcome.Loaded) StackFolder.load(named, Map.of()))
                                .definition()
                                .name())
                .isEqualTo(new StackName("other"));
    }

    @Test
    void takesInServicesOfActiveProfiles() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web: { image: a }
                  debug: { image: b, profiles: [debug, tools] }
                  test: { image: c, profiles: [test], depends_on: [debug] }
                """);
        assertThat(loaded(Map.of()).definition().services()).containsOnlyKeys("web");
        assertThat(loaded(Map.of("COMPOSE_PROFILES", "tools")).definition().services())
                .containsOnlyKeys("web", "debug");
        assertThat(loaded(Map.of("COMPOSE_PROFILES", "*")).definition().services()).hasSize(3);
        assertThat(problems(Map.of("COMPOSE_PROFILES", "test")))
                .contains(
                        "compose.yaml:4:52: test depends on the service \"debug\", whose profile is not active");
    }

    @Test
    void mergesAnOverrideByTheRulesOfEachKey() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: a
                    command: [one, two]
                    environment: [A=1, B=2]
                    dns: 1.1.1.1
                    volumes: ["data:/data", "./x:/x"]
                    ports: ["80:80", "81:81"]
                    labels: { a: "1" }
                    networks: [front]
                    logging: { driver: json-file, options: { max-size: 1m } }
                    extra_hosts: ["nas:10.0.0.1"]
                networks: { front: , back: }
                volumes: { data: , other: }
                """);
        write(
                "compose.override.yaml",
                """
                services:
                  web:
                    command: three
                    environment: { B: 3, C: 4 }
                    dns: [8.8.8.8]
                    volumes: ["other:/data"]
                    ports: [{ target: 80, published: 80 }, "82:82"]
                    labels: ["b=2"]
                    networks: { back: { aliases: [w] } }
                    logging: { driver: journald }
                    extra_hosts: { nas: 10.0.0.2 }
                """);
        var web = web(Map.of());
        assertThat(web.execution().command()).contains(List.of("three"));
        assertThat(web.environment().keySet()).containsExactly("A", "B", "C");
        assertThat(webText("B", Map.of())).isEqualTo("3");
        assertThat(web.networking().dns()).containsExactly("1.1.1.1", "8.8.8.8");
        assertThat(web.mounts()).extracting(Mount::target).containsExactly("/data", "/x");
        assertThat(((Mount.Named) web.mounts().getFirst()).volume().key()).isEqualTo("other");
        assertThat(service(loaded(Map.of()), "web").ports())
                .extracting(PortSpec::first)
                .containsExactly(80, 81, 82);
        assertThat(web.labels()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(web.networking().attachments())
                .extracting(a -> a.network().key())
                .containsExactly("back", "front");
        assertThat(web.logging().options()).isEmpty();
        assertThat(web.networking().extraHosts()).containsExactly("nas:10.0.0.1", "nas:10.0.0.2");
    }

    @Test
    void resetsAndReplacesWhereTheOverrideSaysSo() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: a
                    ports: ["80:80"]
                    environment: { A: 1, B: 2 }
                    dns: [1.1.1.1]
                  gone: { image: b }
                """);
        write(
                "compose.override.yaml",
                """
                services:
                  web:
                    ports: !reset []
                    environment: { A: !reset null }
                    dns: !override [8.8.8.8]
                  gone: !reset {}
                """);
        assertThat(loaded(Map.of()).definition().services()).containsOnlyKeys("web");
        var web = web(Map.of());
        assertThat(service(loaded(Map.of()), "web").ports()).isEmpty();
        assertThat(web.environment().keySet()).containsExactly("B");
        assertThat(web.networking().dns()).containsExactly("8.8.8.8");
    }

    @Test
    void seesPathsOfExtendedAndIncludedFilesFromWhereTheyStand() throws IOException {
        write(
                "compose.yaml",
                """
                include: [sub/compose.yaml]
                services:
                  web: { extends: { file: lib/base.yaml, service: base }, volumes: ["./own:/own"] }
                """);
        write("lib/base.yaml", "services: { base: { image: a, volumes: [\"./base:/base\"] } }");
        write("sub/.env", "TAG=7\nOWN=sub\n");
        write(
                "sub/compose.yaml",
                "services: { db: { image: \"db:${TAG}-${OWN}\", volumes: [\"./db:/db\"] } }");
        var loaded = loaded(Map.of("OWN", "outer"));
        assertThat(binds(loaded, "web"))
                .containsExactly(
                        folder.resolve("lib/base").toString(), folder.resolve("own").toString());
        assertThat(binds(loaded, "db")).containsExactly(folder.resolve("sub/db").toString());
        var db = (Workload.Container) service(loaded, "db").workload();
        assertThat(db.image().reference()).isEqualTo("db:7-outer");
    }

    private static List<String> binds(StackFolder.Outcome.Loaded loaded, String service) {
        var container = (Workload.Container) service(loaded, service).workload();
        return container.mounts().stream().map(mount -> ((Mount.Bind) mount).source()).toList();
    }

    @Test
    void anOverrideMayChangeWhatIsIncluded() throws IOException {
        write("compose.yaml", "include: [sub/compose.yaml]");
        write("sub/compose.yaml", "services: { web: { image: a, command: [x] } }");
        write("compose.override.yaml", "services: { web: { image: b } }");
        assertThat(web(Map.of()).image().reference()).isEqualTo("b");
        assertThat(web(Map.of()).execution().command()).contains(List.of("x"));
    }

    @Test
    void keepsValuesOfVariablesOutOfTheDefinition() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: a
                    environment: { GIVEN: "${X}", DEFAULT: "${Y:-d}", PLAIN: p, PASSED: , ABSENT: }
                """);
        var environment = Map.of("X", "x", "PASSED", "passed");
        assertThat(webText("GIVEN", environment)).isEqualTo("secret x");
        assertThat(webText("DEFAULT", environment)).isEqualTo("d");
        assertThat(webText("PLAIN", environment)).isEqualTo("p");
        assertThat(webText("PASSED", environment)).isEqualTo("secret passed");
        assertThat(webText("ABSENT", environment)).isEqualTo("absent");
    }

    @Test
    void environmentWinsOverEnvFileAlsoWhenItIsNotSet() throws IOException {
        write("a.env", "A=file\nB=file\nC=file\n");
        write(
                "compose.yaml",
                "services: { web: { image: a, env_file: a.env, environment: [A=own, B] } }");
        assertThat(webText("A", Map.of())).isEqualTo("own");
        assertThat(webText("B", Map.of())).isEqualTo("absent");
        assertThat(webText("C", Map.of())).isEqualTo("secret file");
    }

    @Test
    void keepsASecretFileAsItIsAndLooksUpExternalOnes() throws IOException {
        write("s.txt", "clear\n");
        write(
                "compose.yaml",
                """
                services: { web: { image: a, secrets: [own, stored] } }
                secrets: { own: { file: s.txt }, stored: { external: true, name: in-store } }
                """);
        var loaded = loaded(Map.of());
        var stack = loaded.definition().name();
        assertThat(loaded.secrets().texts())
                .containsExactly(Map.entry(new SecretRef(stack, "own", ""), "clear\n"));
        assertThat(SecretRefs.in(loaded.definition()))
                .contains(new SecretRef(stack, "in-store", ""));
    }

    @Test
    void bindsASecretFileThatIsNoText() throws IOException {
        Files.write(folder.resolve("keystore"), new byte[] {0, 1, (byte) 0xff});
        write(
                "compose.yaml",
                "services: { web: { image: a, secrets: [k] } }\nsecrets: { k: { file: keystore } }");
        var content = (Mount.Content) web(Map.of()).mounts().getFirst();
        assertThat(content.source())
                .isEqualTo(new Mount.Source.File(folder.resolve("keystore").toString()));
    }

    @Test
    void restartsNothingUnlessToldTo() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  silent: { image: a }
                  always: { image: a, restart: always }
                  failing: { image: a, restart: "on-failure:2" }
                  swarm: { image: a, deploy: { restart_policy: { condition: on-failure, window: 1m, delay: 1m } } }
                  any: { image: a, deploy: { restart_policy: { condition: any } } }
                  stays: { image: a, restart: unless-stopped }
                  asked: { image: a }
                """);
        write("olympus.yaml", "services: { asked: { recovery: { attempts: 1 } } }");
        var services = loaded(Map.of()).definition().services();
        assertThat(services.values())
                .extracting(s ->
                        "%s %s %s"
                                .formatted(
                                        s.name(),
                                        s.recovery().restart().word(),
                                        s.recovery().restartOfEngine()))
                .containsExactlyInAnyOrder(
                        "silent no no",
                        "always always always",
                        "failing on-failure on-failure:2",
                        "swarm on-failure on-failure",
                        "any always always",
                        "stays always unless-stopped",
                        "asked always unless-stopped");
        assertThat(service(loaded(Map.of()), "failing").recovery().attempts()).isEqualTo(2);
        assertThat(service(loaded(Map.of()), "swarm").recovery().backoff().max())
                .isEqualTo(java.time.Duration.ofMinutes(1));
    }

    @Test
    void aRealmThatMovesServicesLeavesPinnedOnesWhereTheyAre() throws IOException {
        write("realm.yaml", "name: home\ndefaults: { recovery: { then: move } }\n");
        write(
                "shop/compose.yaml",
                """
                services:
                  db: { image: a, volumes: ["data:/data"], networks: [back] }
                  web: { image: a, networks: [front] }
                volumes: { data: }
                networks: { front: , back: }
                """);
        var loaded =
                (StackFolder.Outcome.Loaded) StackFolder.load(folder.resolve("shop"), Map.of());
        assertThat(service(loaded, "db").recovery().then()).isEqualTo(RecoveryPolicy.Then.REPORT);
        assertThat(service(loaded, "web").recovery().then()).isEqualTo(RecoveryPolicy.Then.MOVE);
        assertThat(RealmFolder.load(folder, Map.of()).stacks()).containsOnlyKeys("shop");
    }

    @Test
    void servicesOnOneNetworkOfANodeBelongTogether() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  a: { image: x, networks: [one] }
                  b: { image: x, networks: [one, two] }
                  c: { image: x, networks: [two] }
                  d: { image: x, networks: [wide] }
                  e: { image: x, networks: [wide] }
                  f: { image: x, network_mode: "service:d" }
                networks: { one: , two: , wide: { driver: overlay } }
                """);
        assertThat(Pinning.together(loaded(Map.of()).definition()).values())
                .extracting(Object::toString)
                .containsExactly("[a, b, c]", "[d, f]");
    }

    @Test
    void readsTheShortSyntaxOfPorts() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: a
                    ports: ["3000", "3001-3002", "8000:80", "9090-9091:8080-8081", "127.0.0.1:8001:8001", "::1:6000:6000", "[::1]:6001:6001", "6060:6060/udp", "127.0.0.1::5000", "7000-7010:70"]
                """);
        var web = service(loaded(Map.of()), "web");
        assertThat(web.ports())
                .extracting(p ->
                        "%s %d-%d %s %d"
                                .formatted(
                                        p.hostAddress(),
                                        p.first(),
                                        p.last(),
                                        p.protocol(),
                                        p.target().orElse(0)))
                .containsExactly(
                        "0.0.0.0 8000-8000 TCP 80",
                        "0.0.0.0 9090-9090 TCP 8080",
                        "0.0.0.0 9091-9091 TCP 8081",
                        "127.0.0.1 8001-8001 TCP 8001",
                        "::1 6000-6000 TCP 6000",
                        "::1 6001-6001 TCP 6001",
                        "0.0.0.0 6060-6060 UDP 6060",
                        "0.0.0.0 7000-7010 TCP 70");
        assertThat(((Workload.Container) web.workload()).networking().randomPorts())
                .extracting(p -> p.hostAddress() + " " + p.target())
                .containsExactly(" 3000", " 3001", " 3002", "127.0.0.1 5000");
    }

    @Test
    void passesNumbersOnAsComposeDoes() {
        assertThat(
                        List.of(
                                "1.10",
                                "022",
                                "0o17",
                                "0x1F",
                                "1_000",
                                "1e3",
                                "1e21",
                                "12345678.5",
                                "TRUE",
                                "-0.5",
                                "v1",
                                "1.2.3"))
                .extracting(ComposeShapes::printed)
                .containsExactly(
                        "1.1",
                        "18",
                        "15",
                        "31",
                        "1000",
                        "1000",
                        "1e+21",
                        "1.23456785e+07",
                        "true",
                        "-0.5",
                        "v1",
                        "1.2.3");
    }

    @Test
    void splitsCommandLinesIntoWords() {
        var problems = new ProblemLog();
        var place = Place.startOf("x");
        assertThat(ShellWords.split("a 'b c' \"d \\\"e\\\"\" f\\ g ''", place, problems))
                .containsExactly("a", "b c", "d \"e\"", "f g", "");
        assertThat(problems.warnings()).isEmpty();
        assertThat(ShellWords.split("echo one > /dev/null", place, problems))
                .containsExactly("echo", "one");
        assertThat(problems.warnings().toString()).contains("Compose drops \"> /dev/null\"");
    }

    @Test
    void readsEnvironmentFilesAsComposeDoes() {
        var problems = new ProblemLog();
        var read =
                EnvironmentFile.parse(
                        "x.env",
                        """
                        # comment
                        A=1
                        export B = two words # comment
                        C='$A and \\'quotes\\''
                        D="line one
                        line ${A} \\$A \\t."
                        E=${A}-$GIVEN-${NONE:-none}
                        F: yaml
                        GIVEN
                        ABSENT
                        G=a#b
                        H=
                        """,
                        Map.of("GIVEN", "given"),
                        problems);
        assertThat(problems.errors()).isEmpty();
        assertThat(read)
                .containsExactly(
                        Map.entry("A", "1"),
                        Map.entry("B", "two words"),
                        Map.entry("C", "$A and 'quotes'"),
                        Map.entry("D", "line one\nline 1 $A \t."),
                        Map.entry("E", "1-given-none"),
                        Map.entry("F", "yaml"),
                        Map.entry("GIVEN", "given"),
                        Map.entry("G", "a#b"),
                        Map.entry("H", ""));
    }

    @Test
    void doesNotTellASecretThatLooksLikeAVariable() {
        var problems = new ProblemLog();
        EnvironmentFile.parse(
                "x.env", "P=pa$sword1${\nQ=${1hidden}\nR=ends$\n", Map.of(), problems);
        assertThat(problems.errors().toString() + problems.warnings())
                .contains("x.env:1:1", "x.env:2:1")
                .doesNotContain("sword1", "hidden");
    }

    @Test
    void readsHundredsOfServicesOnAChainOfNetworks() throws IOException {
        var text = new StringBuilder("services:\n");
        for (var i = 0; i < 400; i++) {
            text.append(
                    "  s%d: { image: a, networks: [n%d, n%d], ports: [\"%d:80\"] }\n"
                            .formatted(i, i, i + 1, 1000 + i));
        }
        text.append("networks:\n");
        for (var i = 0; i <= 400; i++) {
            text.append("  n%d:\n".formatted(i));
        }
        write("compose.yaml", text.toString());
        var definition = loaded(Map.of()).definition();
        assertThat(definition.services()).hasSize(400);
        assertThat(Pinning.together(definition).get("s0")).hasSize(400);
    }

    @Test
    void servicesThatExtendEachOtherDoNotMultiplyWithoutEnd() throws IOException {
        var text = new StringBuilder("services:\n  s0:\n    image: a\n    environment:\n");
        for (var i = 0; i < 2_000; i++) {
            text.append("      V%d: x\n".formatted(i));
        }
        for (var i = 1; i <= 400; i++) {
            text.append("  s%d: { extends: s0 }\n".formatted(i));
        }
        write("compose.yaml", text.toString());
        assertThat(problems(Map.of())).contains("services extend to too many values");
    }

    @Test
    void whatIncludesMayAddToWhatItIncludes() throws IOException {
        write(
                "compose.yaml",
                "include: [sub/compose.yaml]\nservices: { web: { image: b, command: null } }");
        write("sub/compose.yaml", "services: { web: { image: a, command: [x], user: me } }");
        assertThat(web(Map.of()).image().reference()).isEqualTo("b");
        assertThat(web(Map.of()).execution().command()).isEmpty();
        assertThat(web(Map.of()).execution().user()).contains("me");
        assertThat(loaded(Map.of()).warnings().toString())
                .contains(
                        "\"web\" of services is also declared in the included file at sub/compose.yaml:1:13");
    }

    @Test
    void replacesVariablesWithEveryOperator() throws IOException {
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: a
                    command:
                      - $A-${A}-$$A
                      - ${A:-x}${E:-x}${U:-x}
                      - ${A-x}[${E-x}]${U-x}
                      - ${A:+x}[${E:+x}][${U:+x}]
                      - ${A+x}${E+x}[${U+x}]
                      - ${U:-${V:-${A}}}
                      - ^/x$|$1
                """);
        assertThat(web(Map.of("A", "a", "E", "")).execution().command())
                .contains(List.of("a-a-$A", "axx", "a[]x", "x[][]", "xx[]", "a", "^/x$|$1"));
        write("compose.yaml", "services: { web: { image: \"${E:?is empty}${U?is not set}\" } }");
        assertThat(problems(Map.of("E", "")))
                .contains("the variable E is required: is empty")
                .contains("the variable U is required: is not set");
    }
}
