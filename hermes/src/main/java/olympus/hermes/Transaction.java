package olympus.hermes;

import java.util.List;

/**
 * Operations that are applied together or not at all, if every condition holds.
 *
 * <p>Limits: {@link #MAX_OPERATIONS} operations and as many conditions; 1 MiB encoded. A key may be
 * written once per transaction.
 */
public record Transaction(List<Condition> conditions, List<Operation> operations) {

    public static final int MAX_OPERATIONS = 1_024;
    public static final int MAX_ENCODED_BYTES = 1 << 20;
    public static final int MAX_VALUE_BYTES = 512 << 10;

    public Transaction {
        conditions = List.copyOf(conditions);
        operations = List.copyOf(operations);
        if (operations.size() > MAX_OPERATIONS || conditions.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException(
                    "a transaction has at most %d operations and conditions, this one has %d and %d"
                            .formatted(MAX_OPERATIONS, operations.size(), conditions.size()));
        }
    }

    public static Transaction of(Operation... operations) {
        return new Transaction(List.of(), List.of(operations));
    }
}
