package olympus.model.stack;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.model.NearestWord;
import olympus.model.encrypted.AgeKeys;
import olympus.model.encrypted.EncryptedFile;
import olympus.model.encrypted.EncryptedFile.Content;
import olympus.model.encrypted.UnopenedException;

/**
 * A file whose content is secret: as it stands, or encrypted by age or SOPS, which its content
 * tells.
 *
 * @param what the file is, e.g. {@code secret file}
 * @param shown its path as it stands in messages
 * @param at where to report that it cannot be read or opened
 */
record SecretFile(Path path, String what, String shown, Place at, ProblemLog problems) {

    /** SOPS' files hold many values, and each takes several times its room. */
    private static final int MAX_ENCRYPTED_BYTES = 1 << 20;

    private static final int MAX_LISTED = 20;

    /** Whether age or SOPS encrypted it; not when it cannot be read, which is reported. */
    boolean isEncrypted() {
        return SourceText.bytes(path, what, shown, at, MAX_ENCRYPTED_BYTES, problems)
                .filter(EncryptedFile::is)
                .isPresent();
    }

    /**
     * The secret that it holds; empty when there is none, which is reported.
     *
     * @param key which value of a SOPS file it is; not needed where there is one only
     */
    Optional<String> text(Optional<Located<String>> key, AgeKeys keys) {
        var bytes = SourceText.bytes(path, what, shown, at, MAX_ENCRYPTED_BYTES, problems);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        var opened = open(bytes.get(), keys);
        if (opened.failed()) {
            return Optional.empty();
        }
        var text =
                opened.content().isEmpty()
                        ? plain(bytes.get(), key)
                        : secret(opened.content().get(), key);
        return text.filter(this::isWithinLimit);
    }

    /** A sealed file's content, if the file is sealed. */
    private record Opened(boolean failed, Optional<Content> content) {}

    private Opened open(byte[] bytes, AgeKeys keys) {
        try {
            return new Opened(false, EncryptedFile.open(bytes, keys, EnvironmentFile.MAX_BYTES));
        } catch (UnopenedException e) {
            problems.error(
                    at,
                    "cannot open the encrypted %s %s: %s".formatted(what, shown, e.getMessage()),
                    e.expected());
            return new Opened(true, Optional.empty());
        }
    }

    private Optional<String> plain(byte[] bytes, Optional<Located<String>> key) {
        key.ifPresent(unused ->
                problems.error(
                        unused.place(),
                        "%s %s is not encrypted by SOPS: there is no key in it"
                                .formatted(what, shown),
                        "no key, or a file of SOPS"));
        return key.isPresent() ? Optional.empty() : SourceText.text(bytes, what, shown, problems);
    }

    private Optional<String> secret(Content content, Optional<Located<String>> key) {
        return switch (content) {
            case Content.Whole whole when key.isPresent() -> {
                problems.error(
                        key.get().place(),
                        "%s %s is encrypted as a whole: there is no key in it"
                                .formatted(what, shown),
                        "no key");
                yield Optional.empty();
            }
            case Content.Whole whole -> Optional.of(whole.text());
            case Content.Values values when key.isPresent() -> value(values, key.get());
            case Content.Values values when values.byPath().size() == 1 ->
                    values.byPath().values().stream().findFirst();
            case Content.Values values -> {
                problems.error(
                        at,
                        "%s %s holds %d values".formatted(what, shown, values.byPath().size()),
                        "key: with one of " + listed(values));
                yield Optional.empty();
            }
        };
    }

    private Optional<String> value(Content.Values values, Located<String> key) {
        var value = Optional.ofNullable(values.byPath().get(key.value()));
        if (value.isEmpty()) {
            problems.error(
                    key.place(),
                    "there is no value \"%s\" in %s %s".formatted(key.value(), what, shown),
                    "one of " + listed(values),
                    NearestWord.to(key.value(), new TreeSet<>(values.byPath().keySet())));
        }
        return value;
    }

    private static String listed(Content.Values values) {
        var names =
                values.byPath().keySet().stream()
                        .limit(MAX_LISTED)
                        .collect(Collectors.joining(", "));
        return values.byPath().size() > MAX_LISTED ? names + ", …" : names;
    }

    private boolean isWithinLimit(String text) {
        var fits = text.length() <= StackReader.MAX_SECRET_BYTES;
        if (!fits) {
            problems.error(
                    at,
                    "%s %s is larger than %d bytes"
                            .formatted(what, shown, StackReader.MAX_SECRET_BYTES));
        }
        return fits;
    }

    /**
     * The variables that it holds, in its order; empty when it cannot be read, which is reported.
     *
     * @param around variables that values may use, and that say where private keys are
     */
    Map<String, String> variables(boolean raw, Map<String, String> around) {
        return SourceText.bytes(path, what, shown, at, EnvironmentFile.MAX_BYTES, problems)
                .map(bytes -> variables(bytes, raw, around))
                .orElse(Map.of());
    }

    private Map<String, String> variables(byte[] bytes, boolean raw, Map<String, String> around) {
        var opened = open(bytes, new AgeKeys(around));
        if (opened.failed()) {
            return Map.of();
        }
        if (opened.content().isEmpty()) {
            return SourceText.text(bytes, what, shown, problems)
                    .map(text -> parsed(text, raw, around))
                    .orElse(Map.of());
        }
        return switch (opened.content().get()) {
            case Content.Whole whole -> parsed(whole.text(), raw, around);
            case Content.Values values -> values.byPath();
        };
    }

    private Map<String, String> parsed(String text, boolean raw, Map<String, String> around) {
        return raw
                ? EnvironmentFile.raw(shown, text, problems)
                : EnvironmentFile.parse(shown, text, around, problems);
    }
}
