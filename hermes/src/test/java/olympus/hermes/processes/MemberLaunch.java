package olympus.hermes.processes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.hermes.HermesOptions;

/**
 * How a process with a member is started.
 *
 * @param deadline of its writes and strict reads
 * @param certificates the folder of the authority that issued its certificate; empty on loopback
 * @param wrapper words before the command, which must run it in their own place ({@code exec})
 * @param environment variables beside the parent's
 */
record MemberLaunch(
        String name,
        Path folder,
        String host,
        int port,
        boolean joins,
        Duration deadline,
        long reserveBytes,
        Optional<Path> certificates,
        List<String> wrapper,
        Map<String, String> environment) {

    static MemberLaunch plain(String name, Path folder, int port, boolean joins) {
        return new MemberLaunch(
                name,
                folder,
                "127.0.0.1",
                port,
                joins,
                HermesOptions.DEFAULT_WRITE_DEADLINE,
                0,
                Optional.empty(),
                List.of(),
                Map.of());
    }

    MemberLaunch at(String address, Path authority) {
        return new MemberLaunch(
                name,
                folder,
                address,
                port,
                joins,
                deadline,
                reserveBytes,
                Optional.of(authority),
                wrapper,
                environment);
    }

    MemberLaunch in(Path otherFolder, long reserve) {
        return new MemberLaunch(
                name,
                otherFolder,
                host,
                port,
                joins,
                deadline,
                reserve,
                certificates,
                wrapper,
                environment);
    }

    MemberLaunch within(Duration otherDeadline) {
        return new MemberLaunch(
                name,
                folder,
                host,
                port,
                joins,
                otherDeadline,
                reserveBytes,
                certificates,
                wrapper,
                environment);
    }

    MemberLaunch under(List<String> words) {
        return new MemberLaunch(
                name,
                folder,
                host,
                port,
                joins,
                deadline,
                reserveBytes,
                certificates,
                words,
                environment);
    }

    MemberLaunch with(Map<String, String> variables) {
        return new MemberLaunch(
                name,
                folder,
                host,
                port,
                joins,
                deadline,
                reserveBytes,
                certificates,
                wrapper,
                variables);
    }

    String address() {
        return name + ":" + host + ":" + port;
    }

    /** What {@link #parse} reads. */
    List<String> arguments() {
        return List.of(
                "name=" + name,
                "folder=" + folder,
                "host=" + host,
                "port=" + port,
                "joins=" + joins,
                "deadline=" + deadline.toMillis(),
                "reserve=" + reserveBytes,
                "certificates=" + certificates.map(Path::toString).orElse(""));
    }

    static MemberLaunch parse(String[] arguments) {
        var told = new HashMap<String, String>();
        for (var argument : arguments) {
            var equals = argument.indexOf('=');
            told.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new MemberLaunch(
                told.getOrDefault("name", ""),
                Path.of(told.getOrDefault("folder", "")),
                told.getOrDefault("host", ""),
                Integer.parseInt(told.getOrDefault("port", "")),
                Boolean.parseBoolean(told.getOrDefault("joins", "")),
                Duration.ofMillis(Long.parseLong(told.getOrDefault("deadline", ""))),
                Long.parseLong(told.getOrDefault("reserve", "")),
                Optional.of(told.getOrDefault("certificates", ""))
                        .filter(folder -> !folder.isEmpty())
                        .map(Path::of),
                List.of(),
                Map.of());
    }
}
