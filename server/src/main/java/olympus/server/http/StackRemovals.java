package olympus.server.http;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who removed the stacks of Compose projects, by the audit. Looks at the newest {@link #MOST_READ}
 * entries, and only when it is asked about a project.
 */
record StackRemovals(AuditStream audit) {

    static final int MOST_READ = 100_000;

    private static final String PROJECT = "Compose project ";

    /** What the audit says of the removal of a stack that has another name than its project. */
    static String detail(String project) {
        return PROJECT + project;
    }

    /** The last removal of each project's stack; a stack is called as its project unless said. */
    Map<String, AuditEntry> of(Set<String> projects) {
        var found = new HashMap<String, AuditEntry>();
        var missing = new HashSet<>(projects);
        if (!missing.isEmpty()) {
            audit.search(
                    MOST_READ,
                    entry -> {
                        if (isRemoval(entry)) {
                            var project =
                                    entry.detail()
                                            .filter(detail -> detail.startsWith(PROJECT))
                                            .map(detail -> detail.substring(PROJECT.length()))
                                            .orElse(entry.subject());
                            if (missing.remove(project)) {
                                found.put(project, entry);
                            }
                        }
                        return missing.isEmpty();
                    });
        }
        return found;
    }

    private static boolean isRemoval(AuditEntry entry) {
        return entry.method().equals("DELETE")
                && entry.path().equals(Api.V1 + "/stacks/" + entry.subject())
                && entry.status() < 300;
    }
}
