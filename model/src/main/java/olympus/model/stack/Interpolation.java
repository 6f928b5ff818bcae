package olympus.model.stack;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Replaces variables in texts as Compose does: {@code $X}, {@code ${X}}, {@code ${X:-default}},
 * {@code ${X-default}}, {@code ${X:?message}}, {@code ${X?message}}, {@code ${X:+instead}}, {@code
 * ${X+instead}}, and {@code $$} for a dollar sign. Defaults may hold variables again. Names that
 * begin with {@code OLYMPUS_} stay, as {@code ${NAME}}, for the instance that is started.
 */
final class Interpolation {

    static final String INSTANCE_PREFIX = "OLYMPUS_";

    /** Defaults within defaults, no deeper than this. */
    private static final int MAX_DEPTH = 10;

    /** A value may not grow beyond this. */
    private static final int MAX_LENGTH = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");

    private final Map<String, String> variables;
    private final ProblemLog problems;
    private final Kind kind;

    /** The variables whose values were put into the present text. */
    private final Set<String> taken = new TreeSet<>();

    /** Of what the values are. */
    private enum Kind {
        OLYMPUS,
        COMPOSE,
        SECRETS
    }

    Interpolation(Map<String, String> variables, ProblemLog problems) {
        this(variables, Kind.OLYMPUS, problems);
    }

    private Interpolation(Map<String, String> variables, Kind kind, ProblemLog problems) {
        this.variables = variables;
        this.kind = kind;
        this.problems = problems;
    }

    /**
     * Knows no names that are filled in for each instance; a replaced text is never a number, and a
     * lone dollar sign stands for itself.
     */
    static Interpolation ofCompose(Map<String, String> variables, ProblemLog problems) {
        return new Interpolation(variables, Kind.COMPOSE, problems);
    }

    /** Of environment files: as Compose's, and what is reported does not hold the text. */
    static Interpolation ofSecrets(Map<String, String> variables, ProblemLog problems) {
        return new Interpolation(variables, Kind.SECRETS, problems);
    }

    String apply(String text, Place place) {
        return text.indexOf('$') < 0 ? text : replace(text, place, 0);
    }

    YamlValue.Scalar apply(YamlValue.Scalar scalar) {
        if (scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        taken.clear();
        var text = replace(scalar.text(), scalar.place(), 0);
        // A variable that is empty makes an empty text, not "nothing".
        var plain = scalar.plain() && kind == Kind.OLYMPUS && !text.isEmpty();
        return new YamlValue.Scalar(scalar.place(), text, plain, Set.copyOf(taken));
    }

    private String replace(String text, Place place, int depth) {
        if (depth > MAX_DEPTH) {
            problems.error(
                    place,
                    "variables are nested too deep",
                    "at most %d levels".formatted(MAX_DEPTH));
            return "";
        }
        var result = new StringBuilder();
        var at = 0;
        while (at < text.length() && result.length() <= MAX_LENGTH) {
            var dollar = text.indexOf('$', at);
            if (dollar < 0) {
                break;
            }
            result.append(text, at, dollar);
            at = one(text, dollar, result, place, depth);
        }
        result.append(text, Math.min(at, text.length()), text.length());
        if (result.length() > MAX_LENGTH) {
            problems.error(
                    place,
                    "the value with its variables replaced is too long",
                    "at most %d characters".formatted(MAX_LENGTH));
            return "";
        }
        return result.toString();
    }

    /**
     * Appends what stands for the dollar sign at {@code dollar} and returns where the text goes on.
     */
    private int one(String text, int dollar, StringBuilder result, Place place, int depth) {
        var next = dollar + 1 < text.length() ? text.charAt(dollar + 1) : ' ';
        if (next == '$') {
            result.append('$');
            return dollar + 2;
        }
        if (next == '{') {
            var end = closing(text, dollar + 2);
            if (end < 0) {
                problems.error(
                        place,
                        "\"${\" without its \"}\"" + in(text),
                        "${NAME}, or $$ for a dollar sign");
                return text.length();
            }
            result.append(expression(text.substring(dollar + 2, end), place, depth));
            return end + 1;
        }
        var name = NAME.matcher(text).region(dollar + 1, text.length());
        if (!name.lookingAt() && kind != Kind.OLYMPUS) {
            result.append('$');
            return dollar + 1;
        }
        if (!name.lookingAt()) {
            problems.error(
                    place, "a lone \"$\"" + in(text), "$NAME or ${NAME}, or $$ for a dollar sign");
            return dollar + 1;
        }
        result.append(expression(name.group(), place, depth));
        return name.end();
    }

    private String in(String text) {
        return kind == Kind.SECRETS ? "" : " in \"" + text + "\"";
    }

    private String shown(String expression) {
        return kind == Kind.SECRETS ? "${…}" : "${" + expression + "}";
    }

    private static int closing(String text, int from) {
        var open = 1;
        for (var i = from; i < text.length(); i++) {
            if (text.startsWith("${", i)) {
                open++;
                i++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i;
            }
        }
        return -1;
    }

    private String expression(String expression, Place place, int depth) {
        var matcher = NAME.matcher(expression);
        if (!matcher.lookingAt()) {
            problems.error(
                    place,
                    "\"" + shown(expression) + "\" does not begin with a variable's name",
                    "${NAME}, or $$ for a dollar sign");
            return "";
        }
        var name = matcher.group();
        var rest = expression.substring(matcher.end());
        if (kind == Kind.OLYMPUS && name.startsWith(INSTANCE_PREFIX)) {
            if (!rest.isEmpty()) {
                problems.error(
                        place,
                        "\"${"
                                + expression
                                + "}\" is filled in for each instance and cannot have \""
                                + rest
                                + "\"",
                        "${" + name + "}");
            }
            return "${" + name + "}";
        }
        var value = Optional.ofNullable(variables.get(name));
        if (value.isPresent()) {
            taken.add(name);
        }
        if (rest.isEmpty()) {
            return value.orElseGet(() -> undefined(name, place));
        }
        var emptyCounts = rest.startsWith(":");
        var operator = rest.substring(emptyCounts ? 1 : 0);
        var set = value.filter(v -> !(emptyCounts && v.isEmpty()));
        if (operator.isEmpty() || "-?+".indexOf(operator.charAt(0)) < 0) {
            problems.error(
                    place,
                    "\"" + shown(expression) + "\" is not understood",
                    "${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+instead}");
            return "";
        }
        var word = operator.substring(1);
        return switch (operator.charAt(0)) {
            case '-' -> set.orElseGet(() -> replace(word, place, depth + 1));
            case '+' -> set.isPresent() ? replace(word, place, depth + 1) : "";
            default -> set.orElseGet(() -> required(name, word, place));
        };
    }

    private String undefined(String name, Place place) {
        problems.warning(
                place,
                kind == Kind.SECRETS
                        ? "a variable in this line is not set, an empty text is used; in single quotes a dollar sign stands for itself"
                        : "the variable " + name + " is not set; an empty text is used");
        return "";
    }

    private String required(String name, String message, Place place) {
        problems.error(
                place,
                kind == Kind.SECRETS
                        ? "a variable in this line is required and not set"
                        : "the variable "
                                + name
                                + " is required"
                                + (message.isEmpty() ? "" : ": " + message));
        return "";
    }
}
