package olympus.cli;

import java.util.LinkedHashSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** A manual page in roff (man macros), made from the same description as {@code --help}. */
final class ManPage {

    private ManPage() {}

    static String of(CommandLine command) {
        var spec = command.getCommandSpec();
        var title = spec.qualifiedName("-");
        var page = new StringBuilder();
        page.append(".TH \"")
                .append(title.toUpperCase(java.util.Locale.ROOT))
                .append("\" \"1\" \"\" \"Olympus\" \"Olympus Manual\"\n");
        section(
                page,
                "NAME",
                text(title) + " \\- " + text(String.join(" ", spec.usageMessage().description())));
        section(page, "SYNOPSIS", text(command.getHelp().synopsis(0).strip()));
        parameters(page, spec);
        options(page, spec);
        subcommands(page, command);
        exitCodes(page, spec.root());
        footer(page, spec);
        return page.toString();
    }

    private static void parameters(StringBuilder page, CommandSpec spec) {
        if (spec.positionalParameters().isEmpty()) {
            return;
        }
        page.append(".SH ARGUMENTS\n");
        spec.positionalParameters()
                .forEach(p -> entry(page, p.paramLabel(), String.join(" ", p.description())));
    }

    private static void options(StringBuilder page, CommandSpec spec) {
        page.append(".SH OPTIONS\n");
        for (var option : spec.options()) {
            var names = String.join(", ", option.names());
            var label = option.arity().max() == 0 ? names : names + " " + option.paramLabel();
            entry(page, label, String.join(" ", option.description()));
        }
    }

    private static void subcommands(StringBuilder page, CommandLine command) {
        if (command.getSubcommands().isEmpty()) {
            return;
        }
        page.append(".SH COMMANDS\n");
        for (var sub : new LinkedHashSet<>(command.getSubcommands().values())) {
            var spec = sub.getCommandSpec();
            var names = spec.names().stream().collect(Collectors.joining(", "));
            entry(page, names, String.join(" ", spec.usageMessage().description()));
        }
    }

    private static void exitCodes(StringBuilder page, CommandSpec root) {
        page.append(".SH EXIT STATUS\n");
        root.usageMessage().exitCodeList().forEach((code, meaning) -> entry(page, code, meaning));
    }

    private static void footer(StringBuilder page, CommandSpec spec) {
        var footer = spec.usageMessage().footer();
        if (footer.length > 0) {
            page.append(".SH EXAMPLES\n.nf\n");
            for (var line : footer) {
                page.append(
                                text(
                                        line.formatted()
                                                .replace("Example:", "")
                                                .replace("Examples:", "")
                                                .strip()))
                        .append('\n');
            }
            page.append(".fi\n");
        }
    }

    private static void section(StringBuilder page, String heading, String body) {
        page.append(".SH ").append(heading).append('\n').append(body).append('\n');
    }

    private static void entry(StringBuilder page, String label, String body) {
        page.append(".TP\n\\fB")
                .append(text(label))
                .append("\\fR\n")
                .append(text(body))
                .append('\n');
    }

    /** Plain text made safe for roff: no markup of picocli's, no leading dot, dashes as typed. */
    private static String text(String raw) {
        var plain =
                Ansi.OFF.string(raw.replace("%n", "\n")).replace("\\", "\\e").replace("-", "\\-");
        return plain.lines()
                .map(line -> line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line)
                .collect(Collectors.joining("\n"));
    }
}
