package olympus.benchmarks;

import java.nio.file.Path;

/** A flight recording of a measured Java process, by the JDK's own settings for profiling. */
final class Recording {

    private Recording() {}

    /** The option that makes a Java process record itself until it ends. */
    static String option(Path file) {
        return "-XX:StartFlightRecording=settings=profile,filename=%s,dumponexit=true"
                .formatted(file);
    }
}
