package olympus.server;

import java.util.List;

/**
 * What to try next with the example, said once everything runs; or, when the example was refused,
 * that it was.
 *
 * @param elsewhere whether commands must be told where the data folder is
 */
record DemoAdvice(boolean elsewhere) {

    /**
     * @param unapplied why stacks of the start could not be applied
     */
    void print(UpOptions options, List<String> unapplied) {
        var out = options.terminal().out();
        out.print(unapplied.isEmpty() ? applied(options) : refused(options, unapplied));
        out.flush();
    }

    private String applied(UpOptions options) {
        return """

        The example stack is applied. In another terminal, in this folder:

        %s    ./olympus status              # running, restarted, healed, given up
            ./olympus why first/hanger    # what happened, and why
            ./olympus logs worker -f      # what a service prints
            ./olympus decisions -f        # everything Olympus decides
            ./olympus remove first --yes  # ends the example

        Ctrl-C stops Olympus; %s.

        """
                .formatted(
                        variable(options),
                        options.stopServices()
                                ? "the services end too"
                                : "the services keep running and are adopted at the next start");
    }

    private String refused(UpOptions options, List<String> unapplied) {
        return """

        The example stack was NOT applied:

            %s

        Olympus itself runs. Once the cause is gone, in another terminal, in this folder:

        %s    ./olympus apply %s

        Ctrl-C stops Olympus.

        """
                .formatted(
                        String.join("\n    ", unapplied),
                        variable(options),
                        options.stacks().getFirst());
    }

    private String variable(UpOptions options) {
        return elsewhere
                ? "    export OLYMPUS_DATA_DIR=" + options.dataFolder().toAbsolutePath() + "\n"
                : "";
    }
}
