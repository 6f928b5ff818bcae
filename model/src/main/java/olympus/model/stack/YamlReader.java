package olympus.model.stack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Builds values from one YAML file's events, so that depth and the use of aliases are bounded while
 * reading. Merge keys ({@code <<}) are followed, as Compose does. Tags other than {@code !!str} are
 * refused.
 */
final class YamlReader {

    static final int MAX_DEPTH = 40;

    /** All values of a file, each alias counted as often as it is used. */
    static final long MAX_VALUES = 300_000;

    private static final String TEXT_TAG = "tag:yaml.org,2002:str";
    private static final String MERGE = "<<";

    private final String file;
    private final Parser parser;
    private final ProblemLog problems;
    private final Map<Anchor, YamlValue> anchors = new HashMap<>();
    private final Optional<MergeTags> mergeTags;
    private long aliased;

    private YamlReader(
            String file, String text, Optional<MergeTags> mergeTags, ProblemLog problems) {
        var settings =
                LoadSettings.builder()
                        .setLabel(file)
                        .setCodePointLimit(SourceText.MAX_FILE_BYTES + 1)
                        .build();
        this.file = file;
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
        this.mergeTags = mergeTags;
        this.problems = problems;
    }

    /**
     * Empty when the text is not YAML, which is reported. {@code interpolate} is applied to every
     * value, not to names.
     */
    static Optional<YamlValue> read(
            String file,
            String text,
            UnaryOperator<YamlValue.Scalar> interpolate,
            ProblemLog problems) {
        return read(file, text, interpolate, Optional.empty(), problems);
    }

    /** The tags {@code !reset} and {@code !override} are understood when there is room for them. */
    static Optional<YamlValue> read(
            String file,
            String text,
            UnaryOperator<YamlValue.Scalar> interpolate,
            Optional<MergeTags> mergeTags,
            ProblemLog problems) {
        var reader = new YamlReader(file, text, mergeTags, problems);
        try {
            return Optional.of(reader.document(interpolate));
        } catch (Refused e) {
            problems.error(e.place, e.problem, e.expected);
        } catch (MarkedYamlEngineException e) {
            var mark = e.getProblemMark().or(e::getContextMark);
            reader.syntaxError(mark, e);
        } catch (YamlEngineException e) {
            problems.error(Place.startOf(file), "not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void syntaxError(Optional<Mark> mark, MarkedYamlEngineException e) {
        var place = mark.map(this::place).orElse(Place.startOf(file));
        var problem = String.valueOf(e.getProblem());
        if (problem.contains("TAB") || problem.contains("'\\t'")) {
            problems.error(place, "a tab is used for indentation", "spaces");
            return;
        }
        var context = e.getContext() == null ? "" : e.getContext() + ": ";
        problems.error(place, "not YAML: " + context + problem);
    }

    private YamlValue document(UnaryOperator<YamlValue.Scalar> interpolate) {
        expect(Event.ID.StreamStart);
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return new YamlValue.Scalar(Place.startOf(file), "", true);
        }
        expect(Event.ID.DocumentStart);
        var root = value(parser.next(), 0, interpolate);
        expect(Event.ID.DocumentEnd);
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            throw new Refused(
                    place(parser.peekEvent()),
                    "a second YAML document begins here",
                    "one document per file");
        }
        return root;
    }

    private void expect(Event.ID id) {
        var event = parser.next();
        if (event.getEventId() != id) {
            throw new Refused(place(event), "not YAML: found " + event.getEventId(), id.toString());
        }
    }

    private YamlValue value(Event event, int depth, UnaryOperator<YamlValue.Scalar> interpolate) {
        if (depth > MAX_DEPTH) {
            throw new Refused(
                    place(event),
                    "values are nested too deep",
                    "at most %d levels".formatted(MAX_DEPTH));
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        var value =
                switch (event.getEventId()) {
                    case Scalar -> interpolate.apply(scalar((ScalarEvent) event));
                    case SequenceStart -> sequence(event, depth, interpolate);
                    case MappingStart -> mapping(event, depth, interpolate);
                    default ->
                            throw new Refused(
                                    place(event),
                                    "not YAML: found " + event.getEventId(),
                                    "a value");
                };
        mergeTag(event).ifPresent(tag -> mergeTags.ifPresent(tags -> tags.put(value, tag)));
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, value));
        return value;
    }

    private YamlValue alias(AliasEvent alias) {
        var name = alias.getAnchor().orElseThrow();
        var value = anchors.get(name);
        if (value == null) {
            throw new Refused(
                    place(alias),
                    "alias *%s has no anchor before it".formatted(name.getValue()),
                    "&" + name.getValue());
        }
        aliased += value.size();
        if (aliased > MAX_VALUES) {
            throw new Refused(
                    place(alias),
                    "aliases multiply to too many values",
                    "at most %d".formatted(MAX_VALUES));
        }
        return value;
    }

    private Optional<String> mergeTag(Event event) {
        var tag =
                switch (event) {
                    case ScalarEvent scalar -> scalar.getTag();
                    case CollectionStartEvent start -> start.getTag();
                    default -> Optional.<String>empty();
                };
        return tag.filter(word -> mergeTags.isPresent() && MergeTags.isKnown(word));
    }

    private YamlValue.Scalar scalar(ScalarEvent event) {
        if (mergeTag(event).isPresent()) {
            return new YamlValue.Scalar(place(event), event.getValue(), event.isPlain());
        }
        var tag = event.getTag().orElse("");
        if (!tag.isEmpty() && !tag.equals(TEXT_TAG) && !tag.equals("!")) {
            throw new Refused(
                    place(event), "the tag %s is not understood".formatted(tag), "a plain value");
        }
        return new YamlValue.Scalar(
                place(event), event.getValue(), event.isPlain() && tag.isEmpty());
    }

    private YamlValue sequence(
            Event start, int depth, UnaryOperator<YamlValue.Scalar> interpolate) {
        var items = new ArrayList<YamlValue>();
        var size = 1L;
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            var item = value(parser.next(), depth + 1, interpolate);
            items.add(item);
            size = grow(size, item, start);
        }
        parser.next();
        return new YamlValue.Sequence(place(start), List.copyOf(items), size);
    }

    private YamlValue mapping(Event start, int depth, UnaryOperator<YamlValue.Scalar> interpolate) {
        var entries = new LinkedHashMap<String, YamlValue.Mapping.Entry>();
        var merged = new ArrayList<YamlValue>();
        var size = 1L;
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            var name = name(parser.next());
            var value = value(parser.next(), depth + 1, interpolate);
            size = grow(size, value, start);
            if (name.text().equals(MERGE) && name.plain()) {
                merged.add(value);
                continue;
            }
            var first =
                    entries.putIfAbsent(
                            name.text(), new YamlValue.Mapping.Entry(name.place(), value));
            if (first != null) {
                problems.error(
                        name.place(),
                        "the key \"%s\" is given twice, first in line %d"
                                .formatted(name.text(), first.namePlace().line()));
            }
        }
        parser.next();
        merged.forEach(value -> merge(value, entries));
        return new YamlValue.Mapping(place(start), entries, size);
    }

    private void merge(YamlValue from, Map<String, YamlValue.Mapping.Entry> entries) {
        switch (from) {
            case YamlValue.Mapping mapping -> mapping.entries().forEach(entries::putIfAbsent);
            case YamlValue.Sequence list ->
                    list.items()
                            .forEach(item -> {
                                if (item instanceof YamlValue.Mapping mapping) {
                                    mapping.entries().forEach(entries::putIfAbsent);
                                } else {
                                    problems.error(
                                            item.place(),
                                            "cannot merge " + item.found(),
                                            "a mapping");
                                }
                            });
            case YamlValue.Scalar scalar ->
                    problems.error(scalar.place(), "cannot merge " + scalar.found(), "a mapping");
        }
    }

    private YamlValue.Scalar name(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar);
        }
        throw new Refused(place(event), "a key is not a plain word", "a text as key");
    }

    private long grow(long size, YamlValue by, Event start) {
        var grown = size + by.size();
        if (grown > MAX_VALUES) {
            throw new Refused(
                    place(start),
                    "the file has too many values",
                    "at most %d".formatted(MAX_VALUES));
        }
        return grown;
    }

    private Place place(Event event) {
        return event.getStartMark().map(this::place).orElse(Place.startOf(file));
    }

    private Place place(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Ends the reading of a file that goes beyond a limit or a rule. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Place place;
        private final String problem;
        private final String expected;

        Refused(Place place, String problem, String expected) {
            super(problem, null, false, false);
            this.place = place;
            this.problem = problem;
            this.expected = expected;
        }
    }
}
