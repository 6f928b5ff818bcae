package olympus.systemtests.repository;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rules for Java files. Each returns its violations as sentences; none when the rule is kept.
 */
final class SourceRules {

    static final int FILE_LINES = 600;
    static final int METHOD_LINES = 60;

    private static final Pattern FORBIDDEN_TYPE =
            Pattern.compile("(.*(Util|Utils|Helper|Helpers|Manager|Impl))|(Default\\p{Lu}.*)");
    private static final List<Home> HOMES =
            List.of(
                    new Home(
                            "/olympus/foundation/Durable.java",
                            Pattern.compile("Files\\.move\\(|\\bATOMIC_MOVE\\b"),
                            "replaces or renames a file itself; use Durable"),
                    new Home(
                            "/olympus/foundation/CLibrary.java",
                            Pattern.compile("Linker\\.nativeLinker\\("),
                            "links foreign functions itself; use CLibrary"));
    private static final Set<String> FORBIDDEN_PACKAGES =
            Set.of(
                    "common", "core", "shared", "base", "misc", "util", "utils", "helper",
                    "helpers", "manager", "impl");

    /** The one file that may contain this code, and what to tell of others. */
    private record Home(String file, Pattern code, String sentence) {}

    private SourceRules() {}

    static List<String> names(Repository repository) {
        var violations = new ArrayList<String>();
        for (var source : repository.sources()) {
            for (var type : source.types()) {
                if (FORBIDDEN_TYPE.matcher(type).matches()) {
                    violations.add(
                            source.file()
                                    + ": type "
                                    + type
                                    + " is not named for what is special about it");
                }
            }
            for (var segment : source.packageName().split("\\.", -1)) {
                if (FORBIDDEN_PACKAGES.contains(segment)) {
                    violations.add(
                            source.file()
                                    + ": package "
                                    + source.packageName()
                                    + " contains the word "
                                    + segment);
                }
            }
        }
        return violations;
    }

    /**
     * Files and methods within their limits, or listed with exactly their length.
     *
     * @param exceptions {@code path} or {@code path#method} to the length that is tolerated; it may
     *     only shrink
     */
    static List<String> lengths(Repository repository, Map<String, Integer> exceptions) {
        var tooLong = new TreeMap<String, Integer>();
        for (var source : repository.sources()) {
            if (source.lines() > FILE_LINES) {
                tooLong.put(source.file(), source.lines());
            }
            for (var method : source.methods()) {
                if (method.lines() > METHOD_LINES) {
                    tooLong.merge(source.file() + "#" + method.name(), method.lines(), Math::max);
                }
            }
        }
        var violations = new ArrayList<String>();
        tooLong.forEach((thing, lines) -> {
            var tolerated = exceptions.getOrDefault(thing, 0);
            if (lines > tolerated) {
                violations.add(
                        "%s has %d lines; the limit is %d for a file, %d for a method%s"
                                .formatted(
                                        thing,
                                        lines,
                                        FILE_LINES,
                                        METHOD_LINES,
                                        tolerated == 0
                                                ? ""
                                                : ", and its exception allows " + tolerated));
            }
        });
        exceptions.forEach((thing, tolerated) -> {
            var lines = tooLong.getOrDefault(thing, 0);
            if (lines < tolerated) {
                violations.add(
                        "the exception of %s may shrink from %d to %s"
                                .formatted(
                                        thing,
                                        tolerated,
                                        lines == 0 ? "nothing: remove it" : lines));
            }
        });
        return violations;
    }

    static List<String> nullMarkedPackages(Repository repository) {
        var marked = new HashSet<String>();
        for (var source : repository.sources()) {
            var text = repository.texts().getOrDefault(source.file(), "");
            if (source.file().endsWith("/package-info.java") && text.contains("@NullMarked")) {
                marked.add(module(source) + ":" + source.packageName());
            }
        }
        return repository.sources().stream()
                .filter(source -> !marked.contains(module(source) + ":" + source.packageName()))
                .map(source ->
                        "package %s of module %s needs a package-info.java with @NullMarked"
                                .formatted(source.packageName(), module(source)))
                .distinct()
                .toList();
    }

    static List<String> sleeps(Repository repository, Set<String> allowed) {
        var violations = new ArrayList<String>();
        for (var source : repository.sources()) {
            for (var line : source.sleeps()) {
                if (!allowed.contains(source.file())) {
                    violations.add(
                            source.file()
                                    + ":"
                                    + line
                                    + ": sleeps; wait for a condition with a deadline");
                }
            }
        }
        return violations;
    }

    /** What has one home in the main sources is done nowhere else. */
    static List<String> homes(Repository repository) {
        return repository.sources().stream()
                .map(JavaSource::file)
                .filter(file -> file.contains("/src/main/"))
                .flatMap(file ->
                        HOMES.stream()
                                .filter(home -> !file.endsWith(home.file()))
                                .filter(home ->
                                        home.code()
                                                .matcher(repository.texts().getOrDefault(file, ""))
                                                .find())
                                .map(home -> file + ": " + home.sentence()))
                .toList();
    }

    static List<String> disabledTests(Repository repository) {
        var violations = new ArrayList<String>();
        for (var source : repository.sources()) {
            for (var line : source.disabled()) {
                violations.add(source.file() + ":" + line + ": a test is switched off");
            }
        }
        return violations;
    }

    private static String module(JavaSource source) {
        var slash = source.file().indexOf('/');
        return slash < 0 ? "" : source.file().substring(0, slash);
    }
}
