package olympus.hermes.store;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import olympus.hermes.internal.state.HermesState;

/**
 * The store of one member that a recovery or a restore has made.
 *
 * @param group its group, which no other server was ever a member of
 * @param revision the first that its next write can get is the one behind it
 * @param entries keys that it holds
 * @param hash of its state
 * @param kept where the store that was there before is kept; empty when there was none
 */
public record NewStoreReport(
        Path folder,
        UUID group,
        long incarnation,
        long revision,
        long lastIndex,
        int entries,
        long hash,
        Optional<Path> kept) {

    static NewStoreReport of(HermesState state, UUID group, Path folder, Optional<Path> kept) {
        return new NewStoreReport(
                folder,
                group,
                state.incarnation(),
                state.revision(),
                state.appliedIndex(),
                state.entries(),
                state.hash(),
                kept);
    }
}
