package olympus.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A client on a machine of a {@link Lab}: asks for the same thing over and over, at the address
 * that answered last, then at the others, and writes down what came of it. A visit has failed when
 * no address answered.
 */
final class Visitor {

    /** Each line: when it began, when it ended (ms since 1970), whether an answer came. */
    private static final String PROGRAM =
            """
            import ssl, sys, time, urllib.request
            patience, token, urls = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
            trusting = ssl._create_unverified_context()
            headers = {'Authorization': 'Bearer ' + token} if token else {}
            last = 0
            while True:
                began, answered = time.time(), 0
                for url in [urls[(last + n) % len(urls)] for n in range(len(urls))]:
                    try:
                        wanted = urllib.request.Request(url, headers=headers)
                        with urllib.request.urlopen(wanted, timeout=patience, context=trusting) as answer:
                            answer.read()
                        last, answered = urls.index(url), 1
                        break
                    except OSError:
                        pass
                print(int(began * 1000), int(time.time() * 1000), answered, flush=True)
                time.sleep(0.05)
            """;

    private final Path visits;

    /**
     * @param patience with one address
     * @param token sent along; empty for none
     */
    Visitor(LabMachine at, Path folder, Duration patience, String token, List<String> urls) {
        var program = Lab.write(folder.resolve("visitor.py"), PROGRAM);
        this.visits =
                at.start(
                        "python3 %s %s '%s' %s"
                                .formatted(
                                        program,
                                        patience.toMillis() / 1000.0,
                                        token,
                                        String.join(" ", urls)));
    }

    /**
     * What came of the visits of some time.
     *
     * @param away the longest time between the ends of two visits that were answered
     */
    record Seen(int visits, int failed, Duration away) {

        @Override
        public String toString() {
            return "%d of %d, away %.1f s".formatted(failed, visits, away.toMillis() / 1000.0);
        }
    }

    /** The visits that began within some time; the last answer before it counts for the gap. */
    Seen between(Instant from, Instant to) {
        var count = 0;
        var failed = 0;
        var away = 0L;
        var lastAnswer = from.toEpochMilli();
        for (var line : Installation.read(visits).lines().toList()) {
            var words = line.split(" ");
            if (words.length != 3) {
                throw new AssertionError("the visitor said: " + line);
            }
            var began = Long.parseLong(words[0]);
            if (began < from.toEpochMilli() || began > to.toEpochMilli()) {
                continue;
            }
            count++;
            if (words[2].equals("1")) {
                var ended = Long.parseLong(words[1]);
                away = Math.max(away, ended - lastAnswer);
                lastAnswer = ended;
            } else {
                failed++;
            }
        }
        if (count == 0) {
            throw new AssertionError("the visitor was not there: " + Installation.read(visits));
        }
        return new Seen(
                count, failed, Duration.ofMillis(Math.max(away, to.toEpochMilli() - lastAnswer)));
    }
}
