package olympus.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/**
 * A plan as people read it: one line a service ({@code +}, {@code ~}, {@code -}), its changed
 * fields beneath.
 */
final class PlanText {

    private PlanText() {}

    /** Whether the plan is to come or was carried out. */
    enum Tense {
        PLANNED,
        DONE
    }

    static void print(PrintStream out, JsonNode plan, Tense tense) {
        var changes = plan.path("changes");
        var stack = plan.path("stack").asString();
        if (changes.isEmpty()) {
            out.println(
                    "stack %s: no changes (revision %s)"
                            .formatted(stack, plan.path("revision").asString()));
        } else {
            out.println(
                    switch (tense) {
                        case PLANNED ->
                                "stack %s: %d change(s) against revision %s"
                                        .formatted(
                                                stack,
                                                changes.size(),
                                                plan.path("baseRevision").asString());
                        case DONE ->
                                "stack %s: %d change(s) applied as revision %s"
                                        .formatted(
                                                stack,
                                                changes.size(),
                                                plan.path("revision").asString());
                    });
            changes.forEach(change -> change(out, change));
        }
        var held = plan.path("held");
        if (!held.isEmpty()) {
            var names = new StringJoiner(", ");
            held.forEach(service -> names.add(service.asString()));
            out.println("note: stopped by hand, and stays so until `olympus start`: " + names);
        }
        plan.path("warnings").forEach(warning -> out.println("warning: " + warning.asString()));
        out.flush();
    }

    /** The services that a plan would remove. */
    static List<String> removals(JsonNode plan) {
        var removed = new ArrayList<String>();
        for (var change : plan.path("changes")) {
            if (change.path("kind").asString().equals("remove")) {
                removed.add(
                        plan.path("stack").asString() + "/" + change.path("service").asString());
            }
        }
        return removed;
    }

    private static void change(PrintStream out, JsonNode change) {
        var kind = change.path("kind").asString();
        var mark =
                switch (kind) {
                    case "add" -> "+";
                    case "remove" -> "-";
                    default -> "~";
                };
        out.println(
                "  %s %s: %s"
                        .formatted(
                                mark,
                                change.path("service").asString(),
                                change.path("effect").asString()));
        if (kind.equals("change")) {
            for (var field : change.path("fields")) {
                out.println(
                        "      %s: %s -> %s"
                                .formatted(
                                        field.path("path").asString(),
                                        field.path("before").asString(),
                                        field.path("after").asString()));
            }
        }
    }
}
