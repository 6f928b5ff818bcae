package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import olympus.model.state.NodeFacts;

/**
 * GPUs as the kernel's drivers show them: NVIDIA's own files ({@code /dev/nvidia0}), and the render
 * nodes of all others ({@code /dev/dri/renderD128}), or the one that Windows shares with its Linux
 * ({@code /dev/dxg}), which stands for all of its GPUs. A display controller on which nothing can
 * be computed, such as that of a management board, has neither.
 *
 * @param dev {@code /dev}
 * @param sys {@code /sys}
 * @param proc {@code /proc}
 */
record GpuFiles(Path dev, Path sys, Path proc) {

    private static final Pattern NVIDIA = Pattern.compile("nvidia(\\d{1,3})");
    private static final Pattern RENDER = Pattern.compile("renderD\\d{1,5}");
    private static final Pattern MODEL = Pattern.compile("(?m)^Model:\\s*(\\S.*?)\\s*$");
    private static final Pattern MINOR = Pattern.compile("(?m)^Device Minor:\\s*(\\d{1,3})\\s*$");

    static GpuFiles ofMachine() {
        return new GpuFiles(Path.of("/dev"), Path.of("/sys"), Path.of("/proc"));
    }

    List<NodeFacts.Device> find() {
        var found = new ArrayList<>(ofNvidia());
        var ofNvidia = !found.isEmpty();
        for (var name : names(dev.resolve("dri"))) {
            if (RENDER.matcher(name).matches()) {
                var device = sys.resolve("class/drm").resolve(name).resolve("device");
                var driver = driver(device);
                if (!ofNvidia || !driver.equals("nvidia")) {
                    found.add(gpu(driver, model(device), dev.resolve("dri").resolve(name)));
                }
            }
        }
        var shared = dev.resolve("dxg");
        if (found.isEmpty() && Files.exists(shared)) {
            found.add(gpu("dxgkrnl", "", shared));
        }
        return List.copyOf(found);
    }

    /**
     * By what the driver tells and by its files: on a machine without a screen the files are made
     * only when something first asks for the GPU.
     */
    private List<NodeFacts.Device> ofNvidia() {
        var models = new TreeMap<Integer, String>();
        for (var name : names(dev)) {
            var match = NVIDIA.matcher(name);
            if (match.matches()) {
                models.put(Integer.valueOf(match.group(1)), "");
            }
        }
        var told = proc.resolve("driver/nvidia/gpus");
        for (var bus : names(told)) {
            var text = text(told.resolve(bus).resolve("information"));
            var minor = MINOR.matcher(text);
            var model = MODEL.matcher(text);
            if (minor.find()) {
                models.put(Integer.valueOf(minor.group(1)), model.find() ? model.group(1) : "");
            }
        }
        var found = new ArrayList<NodeFacts.Device>();
        models.forEach(
                (minor, model) -> found.add(gpu("nvidia", model, dev.resolve("nvidia" + minor))));
        return found;
    }

    private static NodeFacts.Device gpu(String driver, String model, Path path) {
        return new NodeFacts.Device(NodeFacts.Device.GPU, driver, model, path.toString());
    }

    /** Vendor and device of the PCI bus, as {@code 1002:73bf}. */
    private static String model(Path device) {
        var vendor = text(device.resolve("vendor")).strip();
        var id = text(device.resolve("device")).strip();
        return vendor.isEmpty() || id.isEmpty() ? "" : hex(vendor) + ":" + hex(id);
    }

    private static String hex(String text) {
        return text.startsWith("0x") ? text.substring(2) : text;
    }

    private static String driver(Path device) {
        try {
            return String.valueOf(device.resolve("driver").toRealPath().getFileName());
        } catch (IOException e) {
            // No driver of its own: a virtual device.
            return "";
        }
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + folder, e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            // The driver refuses: the device is there all the same.
            return "";
        }
    }
}
