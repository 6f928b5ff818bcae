package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.ComposeSettings.MountSetting;
import olympus.model.stack.KeyTable.Fields;

/** The keys of Compose's volumes, and of a service's mounts. */
final class ComposeVolumeKeys {

    static final Key<String> NAME =
            Key.of(
                    "name",
                    ComposeShapes.text("a name"),
                    "The name at the engine; else `<project>_<key>`.",
                    "name: shop-data");
    static final Key<External> EXTERNAL =
            Key.of(
                    "external",
                    ComposeShapes.external(),
                    "Made by somebody else: never created or removed.",
                    "external: true");
    static final Key<String> DRIVER =
            Key.of(
                    "driver",
                    ComposeShapes.text("a driver"),
                    "The engine's driver; else `local`.",
                    "driver: local");
    static final Key<Map<String, String>> DRIVER_OPTS =
            Key.of(
                    "driver_opts",
                    ComposeShapes.texts("name=value"),
                    "Options of the driver. With `type: nfs` or `cifs` the volume is not bound to a node.",
                    "driver_opts: { type: nfs, o: addr=nas, device: \":/data\" }");
    static final Key<Map<String, String>> LABELS =
            Key.of("labels", ComposeShapes.texts("name=text"), "Labels.", "labels: { a: b }");
    static final KeyTable VOLUME =
            KeyTable.of(
                    "a volume",
                    "volumes.*",
                    "A named volume of the engine.",
                    NAME,
                    EXTERNAL,
                    DRIVER,
                    DRIVER_OPTS,
                    LABELS);

    static final Key<String> PROPAGATION =
            Key.of(
                    "propagation",
                    ComposeShapes.text("one of private, rprivate, shared, rshared, slave, rslave"),
                    "Whether mounts within it are seen.",
                    "propagation: rslave");
    static final Key<Boolean> CREATE_HOST_PATH =
            Key.of(
                    "create_host_path",
                    ComposeShapes.truth(),
                    "Whether a missing source becomes an empty folder.",
                    "create_host_path: false");
    static final Key<String> SELINUX =
            Key.of(
                    "selinux",
                    Shapes.words("z", "Z"),
                    "Relabelled for this container (`Z`) or for several (`z`).",
                    "selinux: z");
    static final KeyTable BIND_OPTIONS =
            KeyTable.of(
                            "bind options",
                            "services.*.volumes[].bind",
                            "Of a folder or file of the machine.",
                            PROPAGATION,
                            CREATE_HOST_PATH,
                            SELINUX)
                    .refusing(
                            Map.of(
                                    "recursive",
                                    "what is mounted within could not be kept read-only or out"));
    static final Key<Fields> BIND =
            Key.of(
                    "bind",
                    Shapes.fields(BIND_OPTIONS),
                    "Options of a bind.",
                    "bind: { create_host_path: false }");

    static final Key<Boolean> NOCOPY =
            Key.of(
                    "nocopy",
                    ComposeShapes.truth(),
                    "A new volume is not filled from the image.",
                    "nocopy: true");
    static final Key<String> SUBPATH =
            Key.of(
                    "subpath",
                    ComposeShapes.text("a path"),
                    "A folder within the volume.",
                    "subpath: uploads");
    static final KeyTable VOLUME_OPTIONS =
            KeyTable.of(
                            "volume options",
                            "services.*.volumes[].volume",
                            "Of a volume.",
                            NOCOPY,
                            SUBPATH)
                    .ignoring(Map.of("labels", "a volume has the labels of its own declaration"));
    static final Key<Fields> VOLUME_KEY =
            Key.of(
                    "volume",
                    Shapes.fields(VOLUME_OPTIONS),
                    "Options of a volume.",
                    "volume: { nocopy: true }");

    static final Key<Long> TMPFS_SIZE =
            Key.of("size", ComposeShapes.size(), "Largest size.", "size: 64m");
    static final Key<Integer> TMPFS_MODE =
            Key.of("mode", ComposeShapes.permissions(), "Permissions.", "mode: 01777");
    static final KeyTable TMPFS_OPTIONS =
            KeyTable.of(
                    "tmpfs options",
                    "services.*.volumes[].tmpfs",
                    "Of a filesystem in memory.",
                    TMPFS_SIZE,
                    TMPFS_MODE);
    static final Key<Fields> TMPFS =
            Key.of(
                    "tmpfs",
                    Shapes.fields(TMPFS_OPTIONS),
                    "Options of a tmpfs.",
                    "tmpfs: { size: 64m }");

    static final Key<String> TYPE =
            new Key<>(
                    "type",
                    type(),
                    "",
                    "`volume`, `bind` or `tmpfs`; `cluster`, `image` and `npipe` are refused.",
                    "type: volume");
    static final Key<Located<String>> SOURCE =
            Key.of(
                    "source",
                    ComposeShapes.place("a volume or a path"),
                    "A volume's name, or a path of the machine.",
                    "source: data");
    static final Key<Located<String>> TARGET =
            new Key<>(
                    "target",
                    ComposeShapes.place("a path"),
                    "",
                    "Where it is seen in the container.",
                    "target: /var/lib/data");
    static final Key<Boolean> READ_ONLY =
            Key.of("read_only", ComposeShapes.truth(), "Not to be written.", "read_only: true");

    static final KeyTable MOUNT =
            KeyTable.of(
                            "a volume of a service",
                            "services.*.volumes[]",
                            "The long syntax of a mount.",
                            TYPE,
                            SOURCE,
                            TARGET,
                            READ_ONLY,
                            BIND,
                            VOLUME_KEY,
                            TMPFS)
                    .ignoring(
                            Map.of(
                                    "consistency",
                                    "only engines in a virtual machine look at it",
                                    "image",
                                    "it belongs to mounts of images, which are refused"));

    private ComposeVolumeKeys() {}

    private static Shape<String> type() {
        return Shapes.of(
                "one of volume, bind, tmpfs",
                Map.of(),
                (value, place, problems) -> {
                    if (value instanceof YamlValue.Scalar s
                            && List.of("cluster", "image", "npipe").contains(s.text())) {
                        problems.refuse(
                                place,
                                "mounts of type %s cannot be made".formatted(s.text()),
                                "one of volume, bind, tmpfs");
                        return Optional.empty();
                    }
                    return Shapes.words("volume", "bind", "tmpfs").read(value, problems);
                });
    }

    static Shape<List<MountSetting>> mounts() {
        return ComposeShapes.list(
                Shapes.either(
                        Optional.of(
                                Shapes.refine(
                                        ComposeShapes.text("[source:]target[:options]"),
                                        ComposeMountText::read)),
                        Optional.empty(),
                        Optional.of(Shapes.object(MOUNT, ComposeVolumeKeys::mount))));
    }

    private static Optional<MountSetting> mount(Fields f, Place place, ProblemLog problems) {
        var target = f.get(TARGET).map(Located::value);
        var readOnly = f.get(READ_ONLY).orElse(false);
        if (target.isEmpty() || f.get(TYPE).isEmpty()) {
            return Optional.empty();
        }
        return switch (f.get(TYPE).get()) {
            case "bind" -> bind(f, target.get(), readOnly, place, problems);
            case "tmpfs" ->
                    Optional.of(
                            new MountSetting.Tmpfs(
                                    place,
                                    target.get(),
                                    f.get(TMPFS).flatMap(t -> t.get(TMPFS_SIZE)).filter(n -> n > 0),
                                    f.get(TMPFS).flatMap(t -> t.get(TMPFS_MODE)),
                                    List.of()));
            default ->
                    Optional.of(
                            f.get(SOURCE).isEmpty()
                                    ? new MountSetting.Anonymous(place, target.get())
                                    : new MountSetting.Named(
                                            f.get(SOURCE).get().place(),
                                            f.get(SOURCE).get().value(),
                                            target.get(),
                                            readOnly,
                                            f.get(VOLUME_KEY)
                                                    .flatMap(v -> v.get(NOCOPY))
                                                    .orElse(false),
                                            f.get(VOLUME_KEY).flatMap(v -> v.get(SUBPATH))));
        };
    }

    private static Optional<MountSetting> bind(
            Fields f, String target, boolean readOnly, Place place, ProblemLog problems) {
        if (f.get(SOURCE).isEmpty()) {
            problems.error(place, "the bind of %s has no source".formatted(target), "source: PATH");
            return Optional.empty();
        }
        var options = f.get(BIND);
        return Optional.of(
                new MountSetting.Bind(
                        place,
                        f.get(SOURCE).get(),
                        target,
                        readOnly,
                        options.flatMap(o -> o.get(CREATE_HOST_PATH)).orElse(true),
                        options.flatMap(o -> o.get(PROPAGATION)),
                        options.flatMap(o -> o.get(SELINUX))));
    }

    /** For the short syntax: whether a source is a path rather than a volume's name. */
    static final Pattern PATH = Pattern.compile("(?:[./~\\\\]|[A-Za-z]:[\\\\/]).*");
}
