package olympus.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import olympus.cli.discover.Discovery;
import olympus.cli.discover.DiscoveryJson;
import olympus.cli.discover.Source;
import olympus.cli.discover.Survey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at what runs on this machine already. */
@Command(
        description =
                "Looks at what runs on this machine already and says what is wrong with it, worst first: containers, units, timers, cron, ports, data without a backup, full disks. Reads only and needs no server. As root it sees more; what it could not see it says.")
final class DiscoverCommand implements Callable<Integer> {

    private final Session session;
    private final List<Source> sources;
    private final Clock clock;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: table.")
    private OutputFormat output = OutputFormat.TABLE;

    @Option(names = "--json", description = "The same as --output json.")
    private boolean json;

    DiscoverCommand(Session session) {
        this(
                session,
                Discovery.sources(
                        Path.of("/"),
                        session.finder().environment(),
                        Clock.system(ZoneId.systemDefault())),
                Clock.system(ZoneId.systemDefault()));
    }

    DiscoverCommand(Session session, List<Source> sources, Clock clock) {
        this.session = session;
        this.sources = List.copyOf(sources);
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        var now = clock.instant();
        var seen = Survey.of(sources, Survey.DEADLINE);
        var discovery = Discovery.of(seen, now);
        var out = session.console().out();
        switch (json ? OutputFormat.JSON : output) {
            case TABLE -> new DiscoveryText(discovery, clock.getZone()).print(out);
            case JSON -> out.println(DiscoveryJson.tree(discovery).toPrettyString());
            case YAML -> out.print(YamlText.of(DiscoveryJson.tree(discovery)));
        }
        out.flush();
        return sawNothing(seen) ? ExitCodes.FAILED : ExitCodes.OK;
    }

    private static boolean sawNothing(Survey.Result seen) {
        return seen.sources().stream()
                .allMatch(told ->
                        told.outcome() == Survey.Outcome.FAILED
                                || told.outcome() == Survey.Outcome.TIMED_OUT);
    }
}
