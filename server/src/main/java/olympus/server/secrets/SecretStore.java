package olympus.server.secrets;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.link.keys.SecretVault;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.SecretRefs;
import olympus.model.stack.StackDefinition;
import olympus.model.state.Assignment;
import olympus.server.deadline.Deadline;
import olympus.server.problems.Problems;
import olympus.server.store.Projection;
import olympus.zeus.StackCommands.RevisionView;
import olympus.zeus.StackPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of the island: sealed in the store under {@code olympus/secrets}, sealed in memory,
 * in clear only while an order or a request is being put together.
 *
 * <p>A secret is written before the definition that refers to it, and removed once no kept revision
 * of its stack refers to it any more and it is not kept by name ({@link KeptSecrets}).
 *
 * <p>Threading: any thread; applies of this server go one after the other.
 */
public final class SecretStore {

    public static final Key PREFIX = Key.of("olympus/secrets");

    private static final Logger LOG = LoggerFactory.getLogger(SecretStore.class);

    private final Hermes hermes;
    private final SecretVault vault;
    private final Clock clock;
    private final Deadline deadline;
    private final Map<SecretRef, byte[]> sealed = new ConcurrentHashMap<>();
    private final KeptSecrets kept;
    private final ReentrantLock applying = new ReentrantLock();
    private volatile boolean leftovers;

    public SecretStore(Hermes hermes, SecretVault vault, Clock clock, Deadline deadline) {
        this.hermes = hermes;
        this.vault = vault;
        this.clock = clock;
        this.deadline = deadline;
        this.kept = new KeptSecrets(this, hermes, clock, deadline);
    }

    /** Those that people set by name. */
    public KeptSecrets kept() {
        return kept;
    }

    /** Follows the store; {@code changed} runs after every change. */
    public Projection follow(Runnable changed, Problems problems) {
        var source =
                new Projection.Source<>(
                        "secrets",
                        hermes,
                        PREFIX,
                        value -> Sealed.of(StoredSecret.CODEC.decode(value.unsafeArray())));
        return Projection.start(source, new Following(changed), problems);
    }

    private record Sealed(SecretRef ref, Bytes envelope) {
        static Sealed of(StoredSecret stored) {
            return new Sealed(
                    stored.ref(), Bytes.wrap(Base64.getDecoder().decode(stored.sealed())));
        }
    }

    private final class Following implements Projection.Receiver<Sealed> {

        private final Runnable changed;

        private Following(Runnable changed) {
            this.changed = changed;
        }

        @Override
        public void listed(Map<Key, Sealed> records) {
            sealed.clear();
            records.values()
                    .forEach(secret -> sealed.put(secret.ref(), secret.envelope().unsafeArray()));
            changed.run();
        }

        @Override
        public void put(Key key, Sealed secret) {
            sealed.put(secret.ref(), secret.envelope().unsafeArray());
            changed.run();
        }

        @Override
        public void deleted(Key key) {
            sealed.keySet().removeIf(ref -> key(ref).isUnder(key));
        }
    }

    /**
     * The request with every reference's fingerprint filled in; refuses references that stand for
     * nothing.
     */
    public ApplyRequest withFingerprints(ApplyRequest request) {
        var stack = request.definition().name();
        var clear = new HashMap<String, String>();
        var definition =
                SecretRefs.replaced(
                        request.definition(),
                        ref -> {
                            var text = request.secrets().get(ApplyRequest.key(ref));
                            if (text == null) {
                                return known(stack, ref);
                            }
                            var exact = vault.reference(stack, ref.name(), text);
                            clear.put(ApplyRequest.key(exact), text);
                            return exact;
                        });
        return new ApplyRequest(definition, clear);
    }

    private SecretRef known(StackName stack, SecretRef ref) {
        if (ref.stack().equals(stack) && sealed.containsKey(ref)) {
            return ref;
        }
        if (ref.stack().equals(stack) && isKeptByName(ref)) {
            return kept.inForce(stack, ref.name());
        }
        throw new OlympusException(
                ErrorCode.INVALID,
                "secret \"%s\" of stack \"%s\": the request carries no clear text for \"%s\", and none is stored"
                        .formatted(ref.name(), stack, ApplyRequest.key(ref)));
    }

    /** A value of an env_file has a slash in its name: only a request can carry it. */
    private static boolean isKeptByName(SecretRef ref) {
        return ref.fingerprint().isEmpty() && ref.name().indexOf('/') < 0;
    }

    /**
     * Stores the request's secrets, has its definition applied, and removes what nothing refers to
     * any more. What cannot be removed then is left to {@link #sweep}: the apply has succeeded.
     *
     * @param history the revisions of the stack that are kept after the apply
     */
    public StackPlan applying(
            ApplyRequest request,
            Function<StackDefinition, StackPlan> apply,
            Supplier<List<RevisionView>> history) {
        var stack = request.definition().name();
        return locked(
                stack,
                () -> {
                    // Under the lock: no other apply removes what is taken here for stored.
                    var exact = withFingerprints(request);
                    storeNew(exact);
                    var plan = apply.apply(exact.definition());
                    removeAfterChange(stack, history);
                    return plan;
                });
    }

    /** Does {@code work} while no other apply or change of a secret of this server runs. */
    <T> T locked(StackName stack, Supplier<T> work) {
        lock(stack);
        try {
            return work.get();
        } finally {
            applying.unlock();
        }
    }

    /** Removes what has become unused; what cannot be is left to {@link #sweep}. */
    void removeAfterChange(StackName stack, Supplier<List<RevisionView>> history) {
        try {
            removeUnreferenced(stack, history.get());
        } catch (OlympusException e) {
            leftovers = true;
            LOG.atWarn()
                    .addKeyValue("stack", stack)
                    .addKeyValue("cause", e.getMessage())
                    .log("unused secrets were not removed; the next sweep or apply does it");
        }
    }

    private void lock(StackName stack) {
        try {
            if (applying.tryLock(deadline.duration().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new OlympusException(
                ErrorCode.UNAVAILABLE,
                "cannot apply %s: another apply has been running for %d ms"
                        .formatted(stack, deadline.duration().toMillis()));
    }

    private void storeNew(ApplyRequest request) {
        for (var ref : SecretRefs.in(request.definition())) {
            var text = request.secrets().get(ApplyRequest.key(ref));
            if (text != null && !sealed.containsKey(ref)) {
                store(ref, vault.seal(ref, text));
            }
        }
    }

    private void store(SecretRef ref, byte[] envelope) {
        commit(Transaction.of(put(ref, envelope)), "storing secret " + ref.name());
        sealed.put(ref, envelope);
    }

    private Operation put(SecretRef ref, byte[] envelope) {
        var stored =
                new StoredSecret(ref, Base64.getEncoder().encodeToString(envelope), clock.wall());
        return new Operation.Put(key(ref), Bytes.wrap(StoredSecret.CODEC.encodeBytes(stored)));
    }

    /** Stores {@code text} sealed, together with {@code record}, if {@code condition} holds. */
    void storeSealed(SecretRef ref, String text, Condition condition, Operation record) {
        var envelope = vault.seal(ref, text);
        commit(
                new Transaction(List.of(condition), List.of(put(ref, envelope), record)),
                "storing secret " + ref.name());
        sealed.put(ref, envelope);
    }

    SecretRef reference(StackName stack, String name, String text) {
        return vault.reference(stack, name, text);
    }

    boolean isStored(SecretRef ref) {
        return sealed.containsKey(ref);
    }

    private void removeUnreferenced(StackName stack, List<RevisionView> history) {
        var needed = new HashSet<SecretRef>();
        history.forEach(revision -> needed.addAll(SecretRefs.in(revision.definition())));
        kept.all(Optional.of(stack)).forEach(secret -> needed.add(secret.ref()));
        remove(
                sealed.keySet().stream()
                        .filter(ref -> ref.stack().equals(stack) && !needed.contains(ref))
                        .toList());
    }

    private void remove(List<SecretRef> refs) {
        for (var at = 0; at < refs.size(); at += Transaction.MAX_OPERATIONS) {
            var part = refs.subList(at, Math.min(refs.size(), at + Transaction.MAX_OPERATIONS));
            var deletes = new ArrayList<Operation>();
            part.forEach(ref -> deletes.add(new Operation.Delete(key(ref))));
            commit(new Transaction(List.of(), deletes), "removing unused secrets");
            part.forEach(sealed::remove);
        }
        if (!refs.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("count", refs.size())
                    .log("removed secrets that nothing refers to");
        }
    }

    /** Whether an apply left behind what it should have removed: then {@link #sweep} is due. */
    public boolean hasLeftovers() {
        return leftovers;
    }

    /** Removes what belongs to stacks that do not exist any more, or to revisions that are gone. */
    public void sweep(Function<StackName, List<RevisionView>> history) {
        leftovers = false;
        var stacks = new HashSet<StackName>();
        sealed.keySet().forEach(ref -> stacks.add(ref.stack()));
        for (var stack : stacks) {
            locked(
                    stack,
                    () -> {
                        removeUnreferenced(stack, history.apply(stack));
                        return stack;
                    });
        }
    }

    void commit(Transaction transaction, String what) {
        switch (deadline.await(hermes.transact(transaction), what)) {
            case TransactionResult.Committed _ -> {}
            case TransactionResult.Refused refused ->
                    throw new OlympusException(refused.code(), what + ": " + refused.message());
            case TransactionResult.Conflict conflict ->
                    throw new OlympusException(ErrorCode.CONFLICT, what + ": " + conflict);
            case TransactionResult.Unknown unknown ->
                    throw new OlympusException(
                            ErrorCode.UNAVAILABLE, what + ": " + unknown.message());
        }
    }

    /** The clear texts that an assignment's instances need, as far as they are known. */
    public Resolved resolve(Assignment assignment) {
        var clear = new HashMap<SecretRef, String>();
        var missing = new HashSet<SecretRef>();
        for (var instance : assignment.instances()) {
            for (var ref : SecretRefs.in(instance.definition())) {
                var envelope = sealed.get(ref);
                if (envelope == null) {
                    missing.add(ref);
                } else {
                    clear.computeIfAbsent(ref, r -> vault.open(r, envelope));
                }
            }
        }
        return new Resolved(clear, missing);
    }

    /** What could be resolved. Its text shows no clear text. */
    public record Resolved(Map<SecretRef, String> clear, Set<SecretRef> missing) {
        public Resolved {
            clear = Map.copyOf(clear);
            missing = Set.copyOf(missing);
        }

        @Override
        public String toString() {
            return "Resolved[%d secrets, missing %s]".formatted(clear.size(), missing);
        }
    }

    private static Key key(SecretRef ref) {
        return Key.of("%s/%s/%s/%s".formatted(PREFIX, ref.stack(), ref.name(), ref.fingerprint()));
    }
}
