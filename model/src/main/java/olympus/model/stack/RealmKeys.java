package olympus.model.stack;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.StackName;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.ProbeTimings;

/** The keys of {@code realm.yaml}. What each may be, its default and its meaning. */
final class RealmKeys {

    static final Key<ProbeTimings> DEFAULT_PROBE =
            new Key<>(
                    "probe",
                    Shapes.object(
                            ProbeKeys.PROBE_DEFAULTS,
                            (f, place, problems) -> Optional.of(ProbeKeys.timings(f))),
                    "10s, 5s, 3, 0s",
                    "Timings for probes that do not give their own.",
                    "probe: { interval: 5s }");

    static final KeyTable DEFAULTS =
            KeyTable.of(
                    "the defaults",
                    "defaults",
                    "What holds for every service of every stack of the realm that does not say otherwise.",
                    RecoveryKeys.RECOVERY_KEY,
                    DEFAULT_PROBE,
                    ServiceKeys.STOP_GRACE_PERIOD,
                    ServiceKeys.OWNER);

    static final Key<Map<String, String>> NODE_LABELS =
            new Key<>(
                    "labels",
                    Conversions.labels(),
                    "none",
                    "Labels of the node. Reserved: nothing uses them in this version.",
                    "labels: { site: home }");

    static final KeyTable NODE =
            KeyTable.of(
                    "a node",
                    "nodes.<node>",
                    "A machine, by the name under which its agent reports.",
                    NODE_LABELS);

    static final Key<String> REALM_NAME =
            new Key<>(
                    "name",
                    Shapes.text(
                            "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit",
                            StackName.PATTERN),
                    "the folder's name",
                    "The realm's name.",
                    "name: home");

    static final Key<Fields> DEFAULTS_KEY =
            new Key<>(
                    "defaults",
                    Shapes.fields(DEFAULTS),
                    "none",
                    "What holds for every service that does not say otherwise.",
                    "defaults: { recovery: { attempts: 10 } }");

    static final Key<Map<String, Located<Map<String, String>>>> NODES =
            new Key<>(
                    "nodes",
                    Shapes.named(
                            "node names",
                            "letters, digits, . and -, beginning with a letter or digit",
                            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}"),
                            Shapes.object(
                                    NODE,
                                    (f, place, problems) ->
                                            Optional.of(f.get(NODE_LABELS).orElse(Map.of())))),
                    "none",
                    "Labels of nodes, by node.",
                    "nodes: { mars: { labels: { site: home } } }");

    static final KeyTable REALM =
            KeyTable.of(
                            "a realm",
                            "realm.yaml",
                            "The file in a realm's folder, beside the folders of its stacks.",
                            REALM_NAME,
                            DEFAULTS_KEY,
                            NODES)
                    .refusing(Map.of("contacts", KeyTable.NOT_YET));

    private RealmKeys() {}
}
