package olympus.model.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import olympus.model.stack.ComposeSettings.MountSetting;

/** Reads the short syntax of mounts: {@code [source:]target[:options]}, and of {@code tmpfs}. */
final class ComposeMountText {

    private static final String WORDS = "[source:]target[:options], such as data:/var/lib/data:ro";
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");

    /** Only engines in a virtual machine look at them. */
    private static final Set<String> CONSISTENCIES =
            Set.of("cached", "delegated", "consistent", "default");

    private ComposeMountText() {}

    static Optional<MountSetting> read(String text, Place place, ProblemLog problems) {
        var parts = text.split(":", -1);
        if (parts.length > 3 || text.isBlank() || parts[0].isEmpty()) {
            problems.error(place, "found \"%s\"".formatted(text), WORDS);
            return Optional.empty();
        }
        if (parts.length == 1) {
            return absolute(parts[0], place, problems)
                    .map(target -> new MountSetting.Anonymous(place, target));
        }
        var target = absolute(parts[1], place, problems);
        var options =
                parts.length == 3
                        ? options(parts[2], text, place, problems)
                        : Optional.of(
                                new Options(false, false, Optional.empty(), Optional.empty()));
        if (target.isEmpty() || options.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(mount(parts[0], target.get(), options.get(), place));
    }

    private static MountSetting mount(String source, String target, Options options, Place place) {
        if (ComposeVolumeKeys.PATH.matcher(source).matches()) {
            return new MountSetting.Bind(
                    place,
                    new Located<>(place, source),
                    target,
                    options.readOnly(),
                    true,
                    options.propagation(),
                    options.relabel());
        }
        return new MountSetting.Named(
                place, source, target, options.readOnly(), options.noCopy(), Optional.empty());
    }

    private static Optional<String> absolute(String target, Place place, ProblemLog problems) {
        if (target.startsWith("/")) {
            return Optional.of(target);
        }
        problems.error(
                place,
                "found \"%s\" as path in the container".formatted(target),
                "an absolute path");
        return Optional.empty();
    }

    private record Options(
            boolean readOnly,
            boolean noCopy,
            Optional<String> propagation,
            Optional<String> relabel) {}

    private static Optional<Options> options(
            String text, String whole, Place place, ProblemLog problems) {
        var readOnly = false;
        var noCopy = false;
        var propagation = Optional.<String>empty();
        var relabel = Optional.<String>empty();
        for (var option : text.split(",", -1)) {
            if (PROPAGATIONS.contains(option)) {
                propagation = Optional.of(option);
            } else if (option.equals("z") || option.equals("Z")) {
                relabel = Optional.of(option);
            } else if (option.equals("ro") || option.equals("readonly")) {
                readOnly = true;
            } else if (option.equals("nocopy")) {
                noCopy = true;
            } else if (!option.equals("rw") && !CONSISTENCIES.contains(option)) {
                problems.warning(
                        place,
                        "the option \"%s\" of \"%s\" is not known and has no effect, as with Compose"
                                .formatted(option, whole));
            }
        }
        return Optional.of(new Options(readOnly, noCopy, propagation, relabel));
    }

    /** {@code /run:size=64m,mode=1777,noexec}. */
    static Optional<MountSetting.Tmpfs> tmpfs(String text, Place place, ProblemLog problems) {
        var colon = text.indexOf(':');
        var target = absolute(colon < 0 ? text : text.substring(0, colon), place, problems);
        var size = Optional.<Long>empty();
        var mode = Optional.<Integer>empty();
        var others = new ArrayList<String>();
        for (var option :
                colon < 0 ? List.<String>of() : List.of(text.substring(colon + 1).split(","))) {
            if (option.startsWith("size=")
                    && ComposeShapes.bytes(option.substring(5)).isPresent()) {
                size = ComposeShapes.bytes(option.substring(5));
            } else if (option.matches("mode=[0-7]{1,5}")) {
                mode = Optional.of(Integer.parseInt(option.substring(5), 8));
            } else if (!option.isEmpty()) {
                others.add(option);
            }
        }
        if (target.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new MountSetting.Tmpfs(place, target.get(), size, mode, others));
    }
}
