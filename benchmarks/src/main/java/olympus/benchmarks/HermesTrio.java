package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three members of Hermes, each in a Java process with the options of the product's server. */
final class HermesTrio implements Trio {

    private static final int MEMBERS = 3;

    private final Workbench bench;
    private final Path folder;
    private final List<String> prefix;
    private final List<Integer> ports;
    private final List<KvClient> clients;
    private final ReplicaKeys keys;
    private final List<MemberProcess> processes = new ArrayList<>();
    private int results;

    private HermesTrio(Workbench bench, Path folder, List<String> prefix) throws IOException {
        this.bench = bench;
        this.folder = folder;
        this.prefix = List.copyOf(prefix);
        this.ports = Ports.free(2 * MEMBERS);
        this.clients = ports.subList(MEMBERS, ports.size()).stream().map(KvClient::to).toList();
        this.keys = new ReplicaKeys(Files.createDirectories(folder.resolve("realm")));
        keys.authorities();
    }

    /**
     * @param prefix of each member's command line, for instance a tracer; mostly empty
     */
    static HermesTrio start(Workbench bench, Path folder, List<String> prefix) throws Exception {
        var trio = new HermesTrio(bench, Files.createDirectories(folder), prefix);
        var list = new StringBuilder("members");
        for (var member = 0; member < MEMBERS; member++) {
            trio.processes.add(trio.process(member, member > 0));
            list.append(" %s=%d".formatted(memberName(member), trio.ports.get(member)));
            if (member > 0) {
                trio.processes.getFirst().ask(list.toString());
            }
            trio.processes.getLast().ask("ready");
        }
        trio.leader();
        return trio;
    }

    private MemberProcess process(int member, boolean joins) throws Exception {
        var command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + bench.root().resolve("packaging/jvm/server.options"));
        if (bench.profiling()) {
            command.add(
                    Recording.option(
                            bench.profiles()
                                    .resolve(
                                            "member-%d-%s.jfr"
                                                    .formatted(
                                                            ProcessHandle.current().pid(),
                                                            memberName(member)))));
        }
        var home = Files.createDirectories(folder.resolve(memberName(member)));
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplicaMain.class.getName(),
                        keys.realm().toString(),
                        home.toString(),
                        memberName(member),
                        ports.get(member).toString(),
                        ports.get(MEMBERS + member).toString(),
                        Boolean.toString(joins)));
        return MemberProcess.start(command, home);
    }

    /** Digits, so that {@link KvFront} can tell it as etcd would. */
    private static String memberName(int member) {
        return Integer.toString(member + 1);
    }

    /** Callers in the process of a member: what they experienced. */
    Load load(int member, String kind, int callers, Duration span) throws Exception {
        var file = folder.resolve("result" + results++);
        processes.get(member).ask("%s %d %d %s".formatted(kind, callers, span.toMillis(), file));
        return new Load(ReplicaMain.read(file), span);
    }

    /** Microseconds from put to each of some watchers in the process of a member. */
    double[] watch(int member, int watchers, int events) throws Exception {
        var file = folder.resolve("result" + results++);
        processes.get(member).ask("watch %d %d %s".formatted(watchers, events, file));
        return ReplicaMain.read(file);
    }

    @Override
    public String name() {
        return "Hermes";
    }

    @Override
    public List<KvClient> clients() {
        return clients;
    }

    @Override
    public KvClient another(int member) {
        return KvClient.to(ports.get(MEMBERS + member));
    }

    @Override
    public List<Long> pids() {
        return processes.stream().map(MemberProcess::pid).toList();
    }

    @Override
    public void restart(int member) throws Exception {
        processes.get(member).awaitEnd();
        processes.set(member, process(member, false));
        leader();
    }

    @Override
    public void close() throws IOException {
        clients.forEach(KvClient::close);
        for (var process : processes) {
            process.close();
        }
    }
}
