package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import olympus.link.keys.Certificates.Kind;

/**
 * Three members of Debian's {@code etcd} with its settings as shipped, which know each other by the
 * same kind of certificates as ours. Clients come without TLS, as ours do here.
 */
final class EtcdTrio implements Trio {

    private static final int MEMBERS = 3;

    private final Path folder;
    private final List<String> prefix;
    private final List<Integer> ports;
    private final List<KvClient> clients;
    private final ReplicaKeys keys;
    private final List<Process> processes = new ArrayList<>();

    private EtcdTrio(Path folder, List<String> prefix) throws IOException {
        this.folder = folder;
        this.prefix = List.copyOf(prefix);
        this.ports = Ports.free(2 * MEMBERS);
        this.clients = ports.subList(MEMBERS, ports.size()).stream().map(KvClient::to).toList();
        this.keys = new ReplicaKeys(Files.createDirectories(folder.resolve("realm")));
    }

    /**
     * @param prefix of each member's command line, for instance a tracer; mostly empty
     */
    static EtcdTrio start(Path folder, List<String> prefix) throws Exception {
        var trio = new EtcdTrio(Files.createDirectories(folder), prefix);
        for (var member = 0; member < MEMBERS; member++) {
            trio.processes.add(trio.process(member));
        }
        trio.leader();
        return trio;
    }

    private Process process(int member) throws IOException {
        var home = Files.createDirectories(folder.resolve("member" + member));
        var certificates = keys.of(home.resolve("keys"));
        var peer = url("https", ports.get(member));
        var client = url("http", ports.get(MEMBERS + member));
        var command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        "etcd",
                        "--name=member" + member,
                        "--data-dir=" + home.resolve("data"),
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--initial-cluster=" + cluster(),
                        "--peer-cert-file=" + certificates.chainFile(Kind.REPLICA),
                        "--peer-key-file=" + certificates.keyFile(Kind.REPLICA),
                        "--peer-trusted-ca-file=" + home.resolve("keys/replicas-trust.pem"),
                        "--peer-client-cert-auth"));
        return new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("output").toFile()))
                .start();
    }

    private String cluster() {
        return IntStream.range(0, MEMBERS)
                .mapToObj(
                        member -> "member%d=%s".formatted(member, url("https", ports.get(member))))
                .collect(Collectors.joining(","));
    }

    private static String url(String scheme, int port) {
        return scheme + "://127.0.0.1:" + port;
    }

    @Override
    public String name() {
        return "etcd";
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
        return processes.stream().map(Process::pid).toList();
    }

    @Override
    public void restart(int member) throws Exception {
        processes.get(member).waitFor();
        processes.set(member, process(member));
        leader();
    }

    @Override
    public void close() {
        clients.forEach(KvClient::close);
        processes.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }
}
