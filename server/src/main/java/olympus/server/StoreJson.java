package olympus.server;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import olympus.hermes.files.Skip;
import olympus.hermes.store.EntryReport;
import olympus.hermes.store.NewStoreReport;
import olympus.hermes.store.Recovery;
import olympus.hermes.store.RepairReport;
import olympus.hermes.store.Restoration;
import olympus.hermes.store.StoreReport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reports of {@code olympus store} as documents. */
final class StoreJson {

    private StoreJson() {}

    static JsonNode report(StoreReport report) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("folder", report.folder().toString());
        json.put("good", report.good());
        json.put("lastIndex", report.lastIndex());
        json.put("acknowledgedIndex", report.acknowledgedIndex());
        var files = json.putArray("files");
        for (var file : report.files()) {
            files.addObject()
                    .put("file", file.file())
                    .put("kind", file.kind().name().toLowerCase(Locale.ROOT))
                    .put("bytes", file.bytes())
                    .put("firstIndex", file.firstIndex())
                    .put("lastIndex", file.lastIndex())
                    .put("state", file.state());
        }
        var problems = json.putArray("problems");
        for (var problem : report.problems()) {
            problems.addObject()
                    .put("file", problem.file().toString())
                    .put("what", problem.what())
                    .put("remedy", problem.remedy());
        }
        var notices = json.putArray("notices");
        report.notices().forEach(notices::add);
        return json;
    }

    static JsonNode entries(List<EntryReport> reports) {
        var json = JsonNodeFactory.instance.objectNode();
        var entries = json.putArray("entries");
        for (var report : reports) {
            entries.addObject()
                    .put("index", report.index())
                    .put("term", report.term())
                    .put("kind", report.kind())
                    .put("bytes", report.bytes())
                    .put("readable", report.readable())
                    .put("summary", report.summary());
        }
        return json;
    }

    static JsonNode repair(RepairReport report) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("lastIndex", report.lastIndex());
        json.put("givenUp", report.givenUp());
        json.put("kept", report.kept().toString());
        var steps = json.putArray("steps");
        report.steps().forEach(steps::add);
        var lost = json.putArray("lost");
        report.lost().forEach(lost::add);
        return json;
    }

    static ObjectNode found(Recovery.Found found) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("folder", found.folder().toString());
        json.put("needless", found.needless());
        var members = json.putArray("servers");
        found.members()
                .forEach(member ->
                        members.addObject()
                                .put("member", member.id())
                                .put("address", member.address()));
        return json.put("keys", found.entries())
                .put("lastIndex", found.lastIndex())
                .put("acknowledgedIndex", found.acknowledged())
                .put("unacknowledged", found.unacknowledged())
                .put("incarnation", found.incarnation())
                .put("revision", found.revision());
    }

    static JsonNode recovered(Recovery.Found found, NewStoreReport report) {
        var json = JsonNodeFactory.instance.objectNode();
        json.set("found", found(found));
        json.set("made", made(report));
        return json;
    }

    static JsonNode restored(Restoration.Found found, NewStoreReport report) {
        var json = JsonNodeFactory.instance.objectNode();
        var content = found.content();
        json.putObject("snapshot")
                .put("island", content.island())
                .put("keys", content.entries())
                .put("lastIndex", content.index())
                .put("incarnation", content.incarnation())
                .put("revision", content.revision())
                .put("bytes", content.bytes());
        json.set("made", made(report));
        return json;
    }

    private static ObjectNode made(NewStoreReport report) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("folder", report.folder().toString());
        json.put("group", report.group().toString());
        json.put("keys", report.entries());
        json.put("lastIndex", report.lastIndex());
        json.put("incarnation", report.incarnation());
        json.put("revision", report.revision());
        report.kept().ifPresent(kept -> json.put("kept", kept.toString()));
        return json;
    }

    static JsonNode skip(Skip skip) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("index", skip.index())
                .put("hash", HexFormat.of().toHexDigits(skip.hash()))
                .put("reason", skip.reason())
                .put("at", skip.at().toString());
    }
}
