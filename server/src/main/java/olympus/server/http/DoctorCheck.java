package olympus.server.http;

/**
 * One finding of {@code olympus doctor}.
 *
 * @param detail what was found, with figures
 * @param remedy what to do about it, empty when nothing
 */
public record DoctorCheck(String name, Status status, String detail, String remedy) {

    /** How bad it is: {@code warning} works with less, {@code failed} does not work. */
    public enum Status {
        OK,
        WARNING,
        FAILED
    }

    public static DoctorCheck ok(String name, String detail) {
        return new DoctorCheck(name, Status.OK, detail, "");
    }

    public static DoctorCheck warning(String name, String detail, String remedy) {
        return new DoctorCheck(name, Status.WARNING, detail, remedy);
    }

    public static DoctorCheck failed(String name, String detail, String remedy) {
        return new DoctorCheck(name, Status.FAILED, detail, remedy);
    }
}
