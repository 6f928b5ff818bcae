package olympus.zeus.internal;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Amounts of resources in words, so short that a person reads them: 1.5 GiB, 0.25. */
final class Amounts {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Amounts() {}

    /** With one digit behind the point where it counts; rounded down. */
    static String bytes(long bytes) {
        var unit = 0;
        var amount = BigDecimal.valueOf(bytes);
        var step = BigDecimal.valueOf(1024);
        while (unit < UNITS.length - 1 && amount.compareTo(step) >= 0) {
            amount = amount.divide(step);
            unit++;
        }
        return plain(amount.setScale(1, RoundingMode.DOWN)) + " " + UNITS[unit];
    }

    /** Thousandths of a processor. */
    static String processors(long milli) {
        return plain(BigDecimal.valueOf(milli, 3));
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
