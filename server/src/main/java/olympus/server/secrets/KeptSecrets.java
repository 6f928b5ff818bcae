package olympus.server.secrets;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Reads;
import olympus.hermes.Transaction;
import olympus.link.keys.SecretVault;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.SecretRefs;
import olympus.model.stack.StackDefinition;
import olympus.server.deadline.Deadline;
import olympus.zeus.StackCommands.RevisionView;

/**
 * Olympus' own store of secrets as people use it: values under a name, which definitions refer to
 * without a fingerprint.
 *
 * <p>A value that was replaced stays sealed while a kept revision refers to it, so that a rollback
 * finds it. A secret belongs to whoever set it: it outlives its stack until it is removed.
 *
 * <p>Threading: any thread; changes of this server go one after the other, and with its applies.
 * Limits: {@link SecretVault#MAX_SECRET_BYTES} a value, {@link #MAX_PER_STACK} names a stack.
 */
public final class KeptSecrets {

    public static final Key PREFIX = Key.of("olympus/kept-secrets");
    public static final int MAX_PER_STACK = 1_000;

    private final SecretStore store;
    private final Hermes hermes;
    private final Clock clock;
    private final Deadline deadline;

    KeptSecrets(SecretStore store, Hermes hermes, Clock clock, Deadline deadline) {
        this.store = store;
        this.hermes = hermes;
        this.clock = clock;
        this.deadline = deadline;
    }

    /**
     * A value to be kept under a name. Its text shows no clear text.
     *
     * @param by name of the token of who sets it
     */
    public record NewValue(StackName stack, String name, String text, String by) {

        public NewValue {
            if (!SecretRef.NAME.matcher(name).matches()) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "a secret of stack %s cannot be set: its name is not %s"
                                .formatted(stack, SecretRef.NAME_WORDS));
            }
            var bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > SecretVault.MAX_SECRET_BYTES) {
                throw new OlympusException(
                        ErrorCode.TOO_LARGE,
                        "secret %s/%s was not set: the value has %d bytes; at most %d are kept"
                                .formatted(stack, name, bytes, SecretVault.MAX_SECRET_BYTES));
            }
            if (text.isEmpty() || text.indexOf(0) >= 0) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "secret %s/%s was not set: the value %s; expected a text"
                                .formatted(
                                        stack,
                                        name,
                                        text.isEmpty() ? "is empty" : "holds a zero character"));
            }
        }

        String id() {
            return stack + "/" + name;
        }

        @Override
        public String toString() {
            return "NewValue[" + id() + "]";
        }
    }

    /**
     * A secret after its value was set.
     *
     * @param outdated services of the current revision that use a value set before
     * @param updating those of them that are getting the new one
     */
    public record Outcome(KeptSecret secret, List<String> outdated, List<String> updating) {}

    private record Found(KeptSecret secret, long modifyRevision) {
        static Found of(Entry entry) {
            return new Found(
                    KeptSecret.CODEC.decode(entry.value().unsafeArray()), entry.modifyRevision());
        }
    }

    /**
     * Keeps a value, new or in place of the one before. Services get it with the next apply.
     *
     * @param history the revisions of the stack that are kept
     */
    public Outcome set(NewValue value, Supplier<List<RevisionView>> history) {
        return store.locked(
                value.stack(),
                () -> {
                    var revisions = history.get();
                    var kept = keep(value, find(value.stack(), value.name()));
                    store.removeAfterChange(value.stack(), () -> revisions);
                    return new Outcome(kept, services(revisions, kept::isEarlier), List.of());
                });
    }

    /**
     * Keeps a new value for a secret that there is, and has the current definition applied again
     * with it, if a service uses a value set before.
     *
     * @param apply makes a definition the current one, if the named revision still is
     */
    public Outcome rotate(NewValue value, Supplier<List<RevisionView>> history, Apply apply) {
        return store.locked(
                value.stack(),
                () -> {
                    var before = find(value.stack(), value.name());
                    if (before.isEmpty()) {
                        throw absent(value.stack(), value.name());
                    }
                    var revisions = history.get();
                    var kept = keep(value, before);
                    var outdated = services(revisions, kept::isEarlier);
                    if (!outdated.isEmpty()) {
                        current(revisions).ifPresent(revision -> applyWith(kept, revision, apply));
                    }
                    store.removeAfterChange(value.stack(), history);
                    return new Outcome(kept, List.of(), outdated);
                });
    }

    /** Makes a definition the current one in place of {@code revision}. */
    @FunctionalInterface
    public interface Apply {
        void apply(StackDefinition definition, long revision);
    }

    private static void applyWith(KeptSecret kept, RevisionView current, Apply apply) {
        var definition =
                SecretRefs.replaced(
                        current.definition(), ref -> kept.isEarlier(ref) ? kept.ref() : ref);
        try {
            apply.apply(definition, current.revision());
        } catch (OlympusException e) {
            throw new OlympusException(
                    e.code(),
                    "the new value of %s is kept, but its services still use the one before: %s. They get it with the next apply, or when the secret is rotated again"
                            .formatted(kept.id(), e.getMessage()),
                    e);
        }
    }

    /** Forgets a secret that no service of the current revision uses. */
    public void remove(StackName stack, String name, Supplier<List<RevisionView>> history) {
        store.locked(
                stack,
                () -> {
                    var found = find(stack, name).orElseThrow(() -> absent(stack, name));
                    var revisions = history.get();
                    var users = services(revisions, found.secret()::isMeant);
                    if (!users.isEmpty()) {
                        throw new OlympusException(
                                ErrorCode.CONFLICT,
                                "secret %s/%s was not removed: %s use%s it; apply the stack without it first"
                                        .formatted(
                                                stack,
                                                name,
                                                String.join(", ", users),
                                                users.size() == 1 ? "s" : ""));
                    }
                    store.commit(
                            new Transaction(
                                    List.of(unchanged(stack, name, Optional.of(found))),
                                    List.of(new Operation.Delete(key(stack, name)))),
                            "removing secret " + stack + "/" + name);
                    store.removeAfterChange(stack, () -> revisions);
                    return found;
                });
    }

    /** Every secret, or every one of a stack, by stack and name. */
    public List<KeptSecret> all(Optional<StackName> stack) {
        return all(hermes, stack);
    }

    /** The same, as {@code reads} tells it. */
    public List<KeptSecret> all(Reads reads, Optional<StackName> stack) {
        var prefix = stack.map(name -> PREFIX.child(name.value())).orElse(PREFIX);
        var all = new ArrayList<KeptSecret>();
        var after = Optional.<Key>empty();
        for (var more = true; more; ) {
            var page =
                    deadline.await(
                            reads.list(prefix, after, Hermes.MAX_PAGE), "listing the secrets");
            page.entries().forEach(entry -> all.add(Found.of(entry).secret()));
            more = page.more() && !page.entries().isEmpty();
            after = more ? Optional.of(page.entries().getLast().key()) : after;
        }
        return List.copyOf(all);
    }

    /** The value in force under a name. */
    SecretRef inForce(StackName stack, String name) {
        return find(stack, name).orElseThrow(() -> notSet(stack, name)).secret().ref();
    }

    private KeptSecret keep(NewValue value, Optional<Found> before) {
        if (before.isEmpty()) {
            requireRoom(value);
        }
        var ref = store.reference(value.stack(), value.name(), value.text());
        var kept =
                new KeptSecret(
                        value.stack(),
                        value.name(),
                        ref.fingerprint(),
                        earlier(ref, before),
                        clock.wall(),
                        value.by());
        var record =
                new Operation.Put(
                        key(value.stack(), value.name()),
                        Bytes.wrap(KeptSecret.CODEC.encodeBytes(kept)));
        store.storeSealed(
                ref, value.text(), unchanged(value.stack(), value.name(), before), record);
        return kept;
    }

    private List<String> earlier(SecretRef ref, Optional<Found> before) {
        var earlier = new LinkedHashSet<String>();
        before.ifPresent(found -> {
            earlier.addAll(found.secret().earlier());
            earlier.add(found.secret().fingerprint());
        });
        earlier.remove(ref.fingerprint());
        earlier.removeIf(print -> !store.isStored(new SecretRef(ref.stack(), ref.name(), print)));
        return List.copyOf(earlier);
    }

    private void requireRoom(NewValue value) {
        if (all(Optional.of(value.stack())).size() >= MAX_PER_STACK) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "secret %s was not set: stack %s has %d secrets already, at most that many are kept"
                            .formatted(value.id(), value.stack(), MAX_PER_STACK));
        }
    }

    private Optional<Found> find(StackName stack, String name) {
        return SecretRef.NAME.matcher(name).matches()
                ? deadline.await(
                                hermes.get(key(stack, name)),
                                "reading secret %s/%s".formatted(stack, name))
                        .map(Found::of)
                : Optional.empty();
    }

    /** Another server may have set it meanwhile. */
    private static Condition unchanged(StackName stack, String name, Optional<Found> found) {
        return new Condition.RevisionIs(
                key(stack, name), found.map(Found::modifyRevision).orElse(0L));
    }

    private static Optional<RevisionView> current(List<RevisionView> revisions) {
        return revisions.stream().filter(RevisionView::current).findFirst();
    }

    private static List<String> services(
            List<RevisionView> revisions, Function<SecretRef, Boolean> meant) {
        return current(revisions).stream()
                .flatMap(revision -> revision.definition().services().values().stream())
                .filter(service -> SecretRefs.in(service).stream().anyMatch(meant::apply))
                .map(service -> service.name())
                .toList();
    }

    private static OlympusException notSet(StackName stack, String name) {
        return new OlympusException(
                ErrorCode.INVALID,
                "secret \"%s\" of stack \"%s\" is external, and Olympus keeps none of that name: set it first with olympus secret set %s/%s"
                        .formatted(name, stack, stack, name));
    }

    private static OlympusException absent(StackName stack, String name) {
        return new OlympusException(
                ErrorCode.NOT_FOUND,
                "Olympus keeps no secret %s/%s; olympus secret list names those that there are, olympus secret set makes one"
                        .formatted(stack, name));
    }

    private static Key key(StackName stack, String name) {
        return PREFIX.child(stack.value()).child(name);
    }
}
