package olympus.model.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;

/** One value of every record, with every component used: what the golden files hold. */
public final class Samples {

    public static final StackName SHOP = new StackName("shop");
    public static final NodeId MARS = NodeId.parse("0b8f0b3e-5a43-4c1f-9d7e-2f6a1c0e9b11");
    static final InstanceId WEB_1 = new InstanceId(new ServiceId(SHOP, "web"), 1);
    static final Instant AT = Instant.parse("2026-11-21T03:00:00.250Z");

    private Samples() {}

    public static ServiceDefinition web() {
        return new ServiceDefinition(
                "web",
                new Workload.Process(
                        List.of("/usr/bin/web", "--port", "${OLYMPUS_PORT_HTTP}"),
                        Optional.of("www-data:www-data"),
                        Optional.of("/srv/shop/web"),
                        Map.of(
                                "LEVEL", new Workload.EnvironmentValue.Literal("info"),
                                "DB_PASSWORD",
                                        new Workload.EnvironmentValue.Secret(
                                                new SecretRef(
                                                        SHOP, "db-password", "9f86d081884c7d65")))),
                List.of(PortSpec.bound("http", "0.0.0.0", 8081, 8082, PortSpec.Protocol.TCP)),
                Map.of("db", new Dependency(Dependency.Condition.HEALTHY, true)),
                Optional.of(
                        new Probe(
                                new Probe.Target.Http(
                                        "http://127.0.0.1:${OLYMPUS_PORT_HTTP}/health"),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(1500),
                                3,
                                Duration.ofSeconds(90))),
                RecoveryPolicy.DEFAULT,
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        2,
                        new DeployPolicy.Resources(
                                Optional.of(0.5), Optional.of(512L << 20), Optional.of(100)),
                        DeployPolicy.UpdatePolicy.DEFAULT),
                StopPolicy.DEFAULT,
                new ServiceDefinition.About(
                        Map.of("tier", "front"),
                        Optional.of("ana"),
                        Optional.of("notes/web.md"),
                        Optional.of("the shop's pages")));
    }

    public static ServiceDefinition db() {
        return new ServiceDefinition(
                "db",
                new Workload.Process(
                        List.of("/usr/sbin/mariadbd"),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()),
                List.of(PortSpec.bound("1", "127.0.0.1", 3306, 3306, PortSpec.Protocol.TCP)),
                Map.of(),
                Optional.of(
                        new Probe(
                                new Probe.Target.Tcp("127.0.0.1:3306"),
                                Probe.DEFAULT_INTERVAL,
                                Probe.DEFAULT_TIMEOUT,
                                Probe.DEFAULT_RETRIES,
                                Duration.ZERO)),
                RecoveryPolicy.DEFAULT,
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        1,
                        DeployPolicy.Resources.UNLIMITED,
                        DeployPolicy.UpdatePolicy.DEFAULT),
                StopPolicy.DEFAULT,
                new ServiceDefinition.About(
                        Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    public static StackDefinition shop() {
        return new StackDefinition(
                SHOP, StackDefinition.Mode.MANAGE, "/srv/shop", Map.of("web", web(), "db", db()));
    }

    static NodeFacts facts() {
        return new NodeFacts(
                new NodeFacts.Platform(
                        "linux", "amd64", "Debian GNU/Linux 13 (trixie)", "6.12.48+deb13-amd64"),
                new NodeFacts.Processors(8, "AMD EPYC 7302P", Optional.of(54)),
                16L << 30,
                List.of(new NodeFacts.Disk("/", "ext4", 100L << 30, 42L << 30)),
                List.of(new NodeFacts.Network("eth0", List.of("192.0.2.2", "2001:db8::2"))),
                List.of(new NodeFacts.Device("gpu", "nvidia", "RTX 4000", "/dev/nvidia0")));
    }

    static InstanceSpec spec() {
        return new InstanceSpec(
                WEB_1,
                "01JD6Z8Q4N5W3T2R1P0M9K8J7H",
                InstanceSpec.Desired.HOLD,
                Optional.of("waits for db to be healthy"),
                web(),
                "/srv/shop",
                Map.of("http", 8081));
    }

    static InstanceObservation observation() {
        return new InstanceObservation(
                WEB_1,
                "01JD6Z8Q4N5W3T2R1P0M9K8J7H",
                "process",
                InstanceObservation.State.BACKOFF,
                InstanceObservation.Health.FAILING,
                0,
                2,
                AT,
                "ended with exit status 7",
                Optional.of(7));
    }

    private static StackPointer pointer() {
        return new StackPointer(
                SHOP,
                3,
                true,
                AT,
                "user:ana",
                Optional.of(1763700000L),
                Optional.of(
                        new StackPointer.ModeOrder(StackDefinition.Mode.OBSERVE, "user:ana", AT)),
                Optional.of("user:ana"));
    }

    static List<AskedOfNode> questions() {
        return List.of(
                new AskedOfNode(new NodeQuestion.ListVolumes()),
                new AskedOfNode(new NodeQuestion.RemoveVolume("shop_data", "user:ana")),
                new AskedOfNode(new NodeQuestion.ContainerImages(List.of("shop-db-1"))),
                new AskedOfNode(new NodeQuestion.Settings(List.of(spec()))),
                new AskedOfNode(new NodeQuestion.Use(List.of(WEB_1))),
                new AskedOfNode(
                        new NodeQuestion.Images(
                                List.of(
                                        new NodeQuestion.ImageOf(
                                                InstanceId.parse("shop/web.1"),
                                                Optional.of("1.29"))))));
    }

    private static AnsweredByNode use() {
        return new AnsweredByNode(
                new NodeAnswer.Use(
                        List.of(
                                new NodeAnswer.InstanceUse(
                                        WEB_1,
                                        Optional.of(
                                                new NodeAnswer.Measured(
                                                        12.5,
                                                        8_388_608,
                                                        Optional.of(67_108_864L),
                                                        3,
                                                        Optional.of(
                                                                new NodeAnswer.Flow(1_024, 2_048)),
                                                        Optional.empty())),
                                        Optional.empty()))));
    }

    static List<AnsweredByNode> answers() {
        return List.of(
                new AnsweredByNode(
                        new NodeAnswer.Volumes(
                                List.of(
                                        new NodeAnswer.Volume(
                                                "shop_data",
                                                "local",
                                                "/var/lib/docker/volumes/shop_data/_data",
                                                Map.of("com.docker.compose.project", "shop"),
                                                List.of("shop-db-1"),
                                                Optional.of(4096L))))),
                new AnsweredByNode(new NodeAnswer.VolumeRemoved("shop_data")),
                use(),
                new AnsweredByNode(new NodeAnswer.VolumeInUse("shop_data", List.of("shop-db-1"))),
                new AnsweredByNode(new NodeAnswer.VolumeAbsent("shop_data")),
                new AnsweredByNode(
                        new NodeAnswer.ContainerImages(
                                List.of(
                                        new NodeAnswer.ContainerImage(
                                                "shop-db-1",
                                                "postgres:18",
                                                "sha256:" + "3".repeat(64),
                                                Optional.of("sha256:" + "4".repeat(64)))))),
                new AnsweredByNode(
                        new NodeAnswer.Settings(
                                List.of(
                                        new NodeAnswer.InstanceSettings(
                                                WEB_1,
                                                List.of(
                                                        new NodeAnswer.Difference(
                                                                "environment.LEVEL",
                                                                Optional.of("info"),
                                                                Optional.of("debug"))),
                                                Optional.empty())))),
                new AnsweredByNode(
                        new NodeAnswer.Images(
                                List.of(
                                        new NodeAnswer.Image(
                                                InstanceId.parse("shop/web.1"),
                                                "nginx:1.27",
                                                Optional.of("sha256:" + "1".repeat(64)),
                                                Optional.of("sha256:" + "2".repeat(64)),
                                                List.of(
                                                        new NodeAnswer.NewerTag(
                                                                "1.29",
                                                                "sha256:" + "3".repeat(64),
                                                                false,
                                                                true)),
                                                Optional.empty())))));
    }

    private static InstanceRecord placed() {
        return new InstanceRecord(
                WEB_1,
                new InstanceRecord.Placement(MARS, Map.of("http", 8081), List.of(MARS)),
                new InstanceRecord.Run("01KAJ0000000000000000000AB", 4, 3, true),
                new InstanceRecord.Order(InstanceRecord.Phase.WAITING, "waits for shop/db", AT));
    }

    static NodeReport report() {
        return new NodeReport(
                MARS,
                "mars",
                12,
                "c1a7f1de-7c1b-4a0e-8a1c-3a6b8a0f5d10",
                new Assignment.Stamp(1, 40, 57),
                Optional.of("paused by ana: upgrading the disk"),
                Optional.empty(),
                List.of(observation()),
                List.of(spec()),
                List.of("no cgroup to limit memory with"));
    }

    static List<Record> all() {
        var stamp = new Assignment.Stamp(1, 40, 57);
        return List.of(
                pointer(),
                new StackRevision(3, AT, "user:ana", "10.0.0.7", "changed web", shop()),
                new ServiceState(
                        WEB_1.service(),
                        4,
                        Optional.of(new ServiceState.Hold("user:ana", AT)),
                        Optional.of(
                                new ServiceState.Rollout(
                                        ServiceState.Cause.UPDATE,
                                        2,
                                        "user:ana",
                                        AT,
                                        Optional.of("shop/web.1 was given up"),
                                        true))),
                placed(),
                new NodeRecord(MARS, "mars", Map.of("zone", "cellar"), AT, 17),
                new NodeAway(MARS, AT, List.of(observation())),
                new NodeSpec(
                        MARS,
                        Map.of("rack", "b2"),
                        Optional.of(
                                new NodeSpec.Withdrawal(
                                        NodeSpec.Kind.DRAIN, "user:ana", AT, "new disk", true))),
                new ExternalNode(MARS, "cdn-1", "cdn.example.net", "static files", "user:ana", AT),
                new NodeLost(MARS, AT, Optional.of("2 of 3 nodes went away at once")),
                new PauseRecord("stack:shop", "user:ana", AT, "upgrading the disk"),
                shop(),
                web(),
                new ApplyRequest(shop(), Map.of("db-password@", "clear")),
                new Assignment(MARS, stamp, List.of(SHOP), List.of(spec())),
                spec(),
                facts(),
                report(),
                observation(),
                questions().getFirst(),
                answers().getFirst(),
                new AgentEvent(
                        7,
                        AT,
                        Optional.of(WEB_1),
                        "restart",
                        "ended with exit status 7",
                        "started, pid 123"),
                new Decision(
                        AT,
                        "agent:mars",
                        "restart",
                        "shop/web.1",
                        "mars",
                        "ended with exit status 7",
                        "started, pid 123"));
    }
}
