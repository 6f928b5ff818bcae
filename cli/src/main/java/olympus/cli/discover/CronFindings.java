package olympus.cli.discover;

import java.util.List;
import olympus.cli.discover.Finding.Kind;
import olympus.cli.discover.Finding.Severity;

/** What cron was asked for and does not do. */
final class CronFindings {

    private CronFindings() {}

    static List<Finding> of(Inventory inventory) {
        return inventory.cronFaults().stream()
                .map(fault ->
                        Finding.of(
                                Severity.BROKEN,
                                Kind.CRON_BROKEN,
                                fault.place(),
                                fault.what(),
                                fault.why(),
                                fault.remedy()))
                .toList();
    }
}
