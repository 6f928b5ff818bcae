package olympus.server;

import java.util.List;
import java.util.Locale;
import olympus.hermes.store.EntryReport;
import olympus.hermes.store.StoreReport;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reports of {@code olympus store}, as JSON on one line. */
final class StoreJson {

    private static final JsonMapper JSON = JsonMapper.shared();

    private StoreJson() {}

    static String report(StoreReport report) {
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
        return JSON.writeValueAsString(json);
    }

    static String entries(List<EntryReport> reports) {
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
        return JSON.writeValueAsString(json);
    }
}
