package olympus.model.json;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.RecoveryPolicy;

/**
 * The words of enum constants, the same in files, JSON and messages: the name in lower case, except
 * where the Compose specification spells it otherwise.
 */
public final class EnumWords {

    private static final Map<Enum<?>, String> COMPOSE =
            Map.of(
                    Dependency.Condition.STARTED, "service_started",
                    Dependency.Condition.HEALTHY, "service_healthy",
                    Dependency.Condition.COMPLETED_SUCCESSFULLY, "service_completed_successfully",
                    DeployPolicy.Order.STOP_FIRST, "stop-first",
                    DeployPolicy.Order.START_FIRST, "start-first",
                    RecoveryPolicy.Restart.ON_FAILURE, "on-failure");

    private EnumWords() {}

    public static String of(Enum<?> constant) {
        var compose = COMPOSE.get(constant);
        return compose != null ? compose : constant.name().toLowerCase(Locale.ROOT);
    }

    /** Every word of an enum with its constant, in declared order. */
    public static <E extends Enum<E>> Map<String, E> of(Class<E> type) {
        var words = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            words.put(of(constant), constant);
        }
        return words;
    }
}
