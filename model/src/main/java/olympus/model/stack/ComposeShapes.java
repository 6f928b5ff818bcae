package olympus.model.stack;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.json.DurationText;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.ComposeSettings.Text;

/**
 * The shapes of values in Compose files. They take what {@code docker compose} takes: numbers and
 * truths in quotes, {@code yes} and {@code no} for truths, sizes such as {@code 2GiB}, a single
 * value or a list, a mapping or a list of {@code NAME=value}.
 */
final class ComposeShapes {

    static final String RESOURCE_NAME_WORDS = "letters, digits and ._-";
    static final Pattern RESOURCE_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private static final int MAX_ENTRIES = 10_000;
    private static final Pattern PREFIXED_WHOLE =
            Pattern.compile("[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[0-9][0-9_]*)");
    private static final Pattern SIZE =
            Pattern.compile(
                    "([0-9]{1,15}(?:\\.[0-9]{1,6})?)\\s*([bkmgtp]?)(?:i?b)?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})([dw])(.*)");

    static final Key<String> EXTERNAL_NAME =
            Key.of(
                    "name",
                    text("a name"),
                    "The old way to name it, with a warning; write `name` beside `external: true`.",
                    "name: proxy");
    static final KeyTable EXTERNAL =
            KeyTable.of("external", "external", "The old form of external.", EXTERNAL_NAME);

    private ComposeShapes() {}

    private static <T> Shape<T> shape(String words, Shapes.Conversion<YamlValue, T> conversion) {
        return Shapes.of(words, Map.of(), conversion);
    }

    /** Any single value but nothing, as Compose passes it on. */
    static Shape<String> text(String words) {
        return Shapes.scalar(
                words,
                Map.of(),
                s ->
                        s.kind() == YamlValue.ScalarKind.NOTHING
                                ? Optional.empty()
                                : Optional.of(s.text()));
    }

    static Shape<Located<String>> place(String words) {
        return Shapes.located(text(words));
    }

    static Shape<Boolean> truth() {
        return shape(
                "true or false",
                (value, place, problems) -> {
                    var text = value instanceof YamlValue.Scalar s ? s.text() : "";
                    var read =
                            switch (text.toLowerCase(Locale.ROOT)) {
                                case "true", "yes", "y", "on" -> Optional.of(true);
                                case "false", "no", "n", "off" -> Optional.of(false);
                                default -> Optional.<Boolean>empty();
                            };
                    if (read.isEmpty()) {
                        problems.error(place, "found " + value.found(), "true or false");
                    } else if (!text.equalsIgnoreCase(read.get().toString())) {
                        problems.warning(place, "\"%s\" is read as %s".formatted(text, read.get()));
                    }
                    return read;
                });
    }

    static Shape<Long> number(long min, long max) {
        return Shapes.scalar(
                "a whole number from %d to %d".formatted(min, max),
                Map.of(),
                s -> whole(s.text()).filter(n -> n >= min && n <= max));
    }

    static Shape<Integer> whole(int min, int max) {
        return Shapes.refine(
                number(min, max), (n, place, problems) -> Optional.of(Math.toIntExact(n)));
    }

    private static Optional<Long> whole(String text) {
        return YamlValue.ScalarKind.ofPlain(text) == YamlValue.ScalarKind.WHOLE
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }

    /** Permission bits: octal when written {@code 0440} or in quotes, as Compose reads them. */
    static Shape<Integer> permissions() {
        return shape(
                "permissions such as 0440",
                (value, place, problems) -> {
                    if (!(value instanceof YamlValue.Scalar s)
                            || !s.text().matches("(?:0[oO]?)?[0-9]{1,6}")) {
                        problems.error(place, "found " + value.found(), "permissions such as 0440");
                        return Optional.empty();
                    }
                    var digits = s.text().replaceFirst("^0[oO]", "");
                    var octal = !s.plain() || s.text().startsWith("0");
                    if (octal && !digits.matches("[0-7]+")) {
                        problems.error(place, "found " + value.found(), "permissions such as 0440");
                        return Optional.empty();
                    }
                    var mode = Integer.parseInt(digits, octal ? 8 : 10);
                    if (!octal) {
                        problems.warning(
                                place,
                                "%s without a leading 0 is a decimal number to Compose: permissions 0%o"
                                        .formatted(s.text(), mode));
                    }
                    return Optional.of(mode);
                });
    }

    /** Bytes; zero and -1 mean no limit. */
    static Shape<Long> size() {
        return Shapes.scalar(
                "a size such as 64m or 1.5gb",
                Map.of(),
                s -> s.text().equals("-1") ? Optional.of(-1L) : bytes(s.text()));
    }

    static Optional<Long> bytes(String text) {
        var matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var unit = matcher.group(2).toLowerCase(Locale.ROOT);
        var power = unit.isEmpty() ? 0 : "bkmgtp".indexOf(unit);
        var bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
        return Optional.of(bytes)
                .filter(b -> b.compareTo(BigDecimal.valueOf(1L << 60)) < 0)
                .map(BigDecimal::longValue);
    }

    static Shape<Duration> duration() {
        return Shapes.scalar(
                "a duration such as 30s, 1m30s or 2h", Map.of(), s -> duration(s.text()));
    }

    static Optional<Duration> duration(String text) {
        var days = DAYS.matcher(text);
        if (!days.matches()) {
            return DurationText.parse(text);
        }
        var length =
                Duration.ofDays(
                        Long.parseLong(days.group(1)) * (days.group(2).equals("w") ? 7 : 1));
        return days.group(3).isEmpty()
                ? Optional.of(length)
                : duration(days.group(3)).map(length::plus);
    }

    static <T> Shape<List<T>> list(Shape<T> of) {
        return orNothing(Shapes.list(of, 0), List.of());
    }

    /** A single value, or a list. */
    static <T> Shape<List<T>> oneOrMore(Shape<T> of) {
        Shape<List<T>> one = Shapes.refine(of, (v, place, problems) -> Optional.of(List.of(v)));
        return orNothing(
                Shapes.either(Optional.of(one), Optional.of(Shapes.list(of, 0)), Optional.empty()),
                List.of());
    }

    static <T> Shape<T> orNothing(Shape<T> shape, T otherwise) {
        return Shapes.orNothing(shape, otherwise);
    }

    /** A text, or a mapping with known keys. */
    static <T> Shape<T> textOr(
            Shapes.Conversion<String, T> conversion, String words, Shape<T> mapping) {
        return Shapes.either(
                Optional.of(Shapes.refine(text(words), conversion)),
                Optional.empty(),
                Optional.of(mapping));
    }

    /** {@code NAME=value}, as a mapping or a list; a name alone has an empty option. */
    static Shape<Map<String, Located<Optional<Text>>>> assignments(String words) {
        return shape(
                "a mapping, or a list of " + words,
                (value, place, problems) -> {
                    var read = new LinkedHashMap<String, Located<Optional<Text>>>();
                    switch (value) {
                        case YamlValue.Mapping mapping ->
                                mapping.entries()
                                        .forEach((name, e) -> entry(name, e, read, problems));
                        case YamlValue.Sequence list ->
                                list.items().forEach(item -> line(item, words, read, problems));
                        case YamlValue.Scalar scalar -> {
                            if (scalar.kind() != YamlValue.ScalarKind.NOTHING) {
                                problems.error(
                                        place,
                                        "found " + value.found(),
                                        "a mapping, or a list of " + words);
                                return Optional.empty();
                            }
                        }
                    }
                    if (read.size() > MAX_ENTRIES) {
                        problems.error(
                                place,
                                "%d entries".formatted(read.size()),
                                "at most %d".formatted(MAX_ENTRIES));
                        return Optional.empty();
                    }
                    return Optional.of(read);
                });
    }

    private static void entry(
            String name,
            YamlValue.Mapping.Entry entry,
            Map<String, Located<Optional<Text>>> read,
            ProblemLog problems) {
        if (!(entry.value() instanceof YamlValue.Scalar scalar)) {
            problems.error(
                    entry.value().place(),
                    "found %s as value of \"%s\"".formatted(entry.value().found(), name),
                    "a text");
        } else if (scalar.kind() == YamlValue.ScalarKind.NOTHING) {
            read.put(name, new Located<>(entry.namePlace(), Optional.empty()));
        } else {
            read.put(
                    name,
                    new Located<>(
                            entry.namePlace(),
                            Optional.of(new Text(printed(scalar, problems), scalar.filled()))));
        }
    }

    private static void line(
            YamlValue item,
            String words,
            Map<String, Located<Optional<Text>>> read,
            ProblemLog problems) {
        if (!(item instanceof YamlValue.Scalar scalar) || scalar.text().isBlank()) {
            problems.error(item.place(), "found " + item.found(), words);
            return;
        }
        var equals = scalar.text().indexOf('=');
        var name = equals < 0 ? scalar.text() : scalar.text().substring(0, equals);
        if (name.isBlank()) {
            problems.error(item.place(), "found " + item.found(), words);
            return;
        }
        read.put(
                name,
                new Located<>(
                        item.place(),
                        equals < 0
                                ? Optional.empty()
                                : Optional.of(
                                        new Text(
                                                scalar.text().substring(equals + 1),
                                                scalar.filled()))));
    }

    /** As {@link #assignments}, a name alone has an empty text. */
    static Shape<Map<String, String>> texts(String words) {
        return Shapes.refine(
                assignments(words),
                (read, place, problems) -> {
                    Map<String, String> texts = new LinkedHashMap<>();
                    read.forEach((name, text) ->
                            texts.put(name, text.value().map(Text::value).orElse("")));
                    return Optional.of(texts);
                });
    }

    /**
     * What Compose passes on for a value without quotes: a number in its shortest form, which may
     * not be what was meant; then a warning tells it.
     */
    private static String printed(YamlValue.Scalar scalar, ProblemLog problems) {
        if (!scalar.plain()) {
            return scalar.text();
        }
        var printed = printed(scalar.text());
        if (!printed.equals(scalar.text()) && scalar.kind() != YamlValue.ScalarKind.TRUTH) {
            problems.warning(
                    scalar.place(),
                    "without quotes Compose passes %s on as %s; write \"%s\" if that is meant"
                            .formatted(scalar.text(), printed, scalar.text()));
        }
        return printed;
    }

    static String printed(String text) {
        if (text.length() < 60 && PREFIXED_WHOLE.matcher(text).matches()) {
            return wholeNumber(text);
        }
        return switch (YamlValue.ScalarKind.ofPlain(text)) {
            case DECIMAL -> decimal(Double.parseDouble(text));
            case TRUTH -> text.toLowerCase(Locale.ROOT);
            case TEXT, WHOLE, NOTHING -> text;
        };
    }

    private static String wholeNumber(String text) {
        var negative = text.startsWith("-");
        var digits = text.replaceFirst("^[-+]", "").replace("_", "").toLowerCase(Locale.ROOT);
        var radix =
                digits.startsWith("0x")
                        ? 16
                        : digits.startsWith("0b") ? 2 : digits.startsWith("0") ? 8 : 10;
        var bare = digits.length() == 1 ? digits : digits.replaceFirst("^0[xbo]?", "");
        if (bare.isEmpty()) {
            return "0";
        }
        var number = new BigInteger(bare, radix);
        if (number.bitLength() > 64) {
            return decimal((negative ? number.negate() : number).doubleValue());
        }
        return (negative ? number.negate() : number).toString();
    }

    /** As Go prints a floating-point number: shortest digits, an exponent from a million on. */
    private static String decimal(double value) {
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return "0";
        }
        var exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        var exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < 6) {
            return exact.toPlainString();
        }
        var digits = exact.unscaledValue().abs().toString();
        return "%s%s%se%s%02d"
                .formatted(
                        value < 0 ? "-" : "",
                        digits.charAt(0),
                        digits.length() > 1 ? "." + digits.substring(1) : "",
                        exponent < 0 ? "-" : "+",
                        Math.abs(exponent));
    }

    /** A list, or a line that is split as a shell would; nothing at all: the image's own. */
    static Shape<Optional<List<String>>> command() {
        return shape(
                "a command line, or a list of words",
                (value, place, problems) ->
                        switch (value) {
                            case YamlValue.Scalar s ->
                                    s.kind() == YamlValue.ScalarKind.NOTHING
                                            ? Optional.of(Optional.empty())
                                            : Optional.of(
                                                    Optional.of(
                                                            ShellWords.split(
                                                                    s.text(), place, problems)));
                            case YamlValue.Sequence list ->
                                    Optional.of(Optional.of(words(list, problems)));
                            case YamlValue.Mapping mapping -> {
                                problems.error(
                                        place,
                                        "found a mapping",
                                        "a command line, or a list of words");
                                yield Optional.empty();
                            }
                        });
    }

    private static List<String> words(YamlValue.Sequence list, ProblemLog problems) {
        var words = new ArrayList<String>();
        for (var item : list.items()) {
            if (item instanceof YamlValue.Scalar scalar) {
                words.add(scalar.text());
            } else {
                problems.error(item.place(), "found " + item.found(), "a word");
            }
        }
        return words;
    }

    /** {@code true}, or the old {@code { name: … }}. */
    static Shape<External> external() {
        Shape<External> truth =
                Shapes.refine(
                        truth(),
                        (is, place, problems) -> Optional.of(new External(is, Optional.empty())));
        var named =
                Shapes.object(
                        EXTERNAL,
                        (fields, place, problems) -> {
                            problems.warning(
                                    place,
                                    "external.name is old; write external: true and name: …");
                            return Optional.of(new External(true, fields.get(EXTERNAL_NAME)));
                        });
        return Shapes.either(Optional.of(truth), Optional.empty(), Optional.of(named));
    }
}
