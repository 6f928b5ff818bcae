package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import olympus.hermes.log.Eventually;

/** One watch that goes from member to member, each time from where it was. Threading: any. */
final class RoamingWatch {

    private final MemberGroup group;
    private final List<Integer> seen = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private long lastRevision;
    private int watch;

    RoamingWatch(MemberGroup group) {
        this.group = group;
        group.onEvent(this::heard);
    }

    /** Changes the member every now and then, and at the end once more. */
    void follow(BooleanSupplier over, Duration stay) {
        for (var n = 0; !over.getAsBoolean(); n++) {
            var names = group.names();
            moveTo(names.get(n % names.size()));
            LockSupport.parkNanos(stay.toNanos());
        }
    }

    /** Sees all that has been appended, and says in which order it was told. */
    List<Integer> seenInTheEnd(String member) {
        moveTo(member);
        var stored = group.appended(member).size();
        Eventually.holds("the watch has seen all " + stored, () -> seen().size() >= stored);
        assertThat(ends).as("ends that lose changes").isEmpty();
        return seen();
    }

    synchronized int moves() {
        return watch;
    }

    private void moveTo(String name) {
        String question;
        int before;
        synchronized (this) {
            before = watch;
            watch++;
            question = "watch %d %d".formatted(lastRevision + 1, watch);
        }
        for (var other : group.names()) {
            var _ = group.member(other).ask("unwatch " + before);
        }
        var _ = group.member(name).ask(question);
    }

    private synchronized List<Integer> seen() {
        return List.copyOf(seen);
    }

    /** What an earlier watch tells late is not listened to. */
    private synchronized void heard(String line) {
        var words = line.split(" ");
        if (words[0].equals("event") && words[1].equals("" + watch)) {
            lastRevision = Long.parseLong(words[2]);
            seen.add(Integer.parseInt(words[3].substring("seen/".length())));
        } else if (words[0].equals("ended") && line.contains("Compacted")) {
            ends.add(line);
        }
    }
}
