package olympus.engine.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.engine.Creation;
import olympus.model.stack.container.Mount;

/**
 * The mounts of a container to be made. Inline content and secrets are not among them: they are put
 * into the container before it starts.
 */
final class MountBody {

    private final Creation creation;

    MountBody(Creation creation) {
        this.creation = creation;
    }

    void addTo(Map<String, Object> host) {
        var binds = new ArrayList<String>();
        var mounts = new ArrayList<Map<String, Object>>();
        var inMemory = new TreeMap<String, String>();
        for (var mount : creation.workload().mounts()) {
            switch (mount) {
                case Mount.Named named -> mounts.add(named(named));
                case Mount.Anonymous ignored -> {}
                case Mount.Bind bind -> bind(bind, binds, mounts);
                case Mount.Tmpfs tmpfs -> inMemory.put(tmpfs.target(), options(tmpfs));
                case Mount.Content content -> {
                    if (content.source() instanceof Mount.Source.File file) {
                        mounts.add(mount("bind", file.path(), content.target(), true));
                    }
                }
            }
        }
        creation.carried()
                .forEach((target, volume) -> mounts.add(mount("volume", volume, target, false)));
        host.put("Binds", binds);
        host.put("Mounts", mounts);
        host.put("Tmpfs", inMemory);
    }

    private static Map<String, Object> mount(
            String type, String source, String target, boolean readOnly) {
        var mount = new LinkedHashMap<String, Object>();
        mount.put("Type", type);
        mount.put("Source", source);
        mount.put("Target", target);
        mount.put("ReadOnly", readOnly);
        return mount;
    }

    private static Map<String, Object> named(Mount.Named named) {
        var mount = mount("volume", named.volume().name(), named.target(), named.readOnly());
        var options = new LinkedHashMap<String, Object>();
        if (named.noCopy()) {
            options.put("NoCopy", true);
        }
        named.subpath().ifPresent(path -> options.put("Subpath", path));
        if (!options.isEmpty()) {
            mount.put("VolumeOptions", options);
        }
        return mount;
    }

    /** Only the short form makes a missing source and relabels it. */
    private static void bind(
            Mount.Bind bind, List<String> binds, List<Map<String, Object>> mounts) {
        if (!bind.createSource() && bind.relabel().isEmpty()) {
            var mount = mount("bind", bind.source(), bind.target(), bind.readOnly());
            bind.propagation()
                    .ifPresent(value -> mount.put("BindOptions", Map.of("Propagation", value)));
            mounts.add(mount);
            return;
        }
        var options = new ArrayList<String>();
        options.add(bind.readOnly() ? "ro" : "rw");
        bind.propagation().ifPresent(options::add);
        bind.relabel().ifPresent(options::add);
        binds.add("%s:%s:%s".formatted(bind.source(), bind.target(), String.join(",", options)));
    }

    static String options(Mount.Tmpfs tmpfs) {
        var options = new ArrayList<>(tmpfs.options());
        tmpfs.sizeBytes().ifPresent(bytes -> options.add("size=" + bytes));
        tmpfs.mode().ifPresent(mode -> options.add("mode=" + Integer.toOctalString(mode)));
        return String.join(",", options);
    }
}
