package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every key table of Compose files with the path of its mapping, and every key of the specification
 * with its class: the source of the reference page and of the test that no key is forgotten.
 */
final class ComposeTables {

    static final Map<String, KeyTable> BY_PATH = tables();

    /** What stands within keys that are not honoured, by the key's path; it is not looked at. */
    private static final Map<String, String> WITHIN =
            Map.ofEntries(
                    Map.entry("models", "*.context_size *.model *.name *.runtime_flags"),
                    Map.entry("services.*.blkio_config.device_read_bps", "[].path [].rate"),
                    Map.entry("services.*.blkio_config.device_read_iops", "[].path [].rate"),
                    Map.entry("services.*.blkio_config.device_write_bps", "[].path [].rate"),
                    Map.entry("services.*.blkio_config.device_write_iops", "[].path [].rate"),
                    Map.entry("services.*.blkio_config.weight_device", "[].path [].weight"),
                    Map.entry(
                            "services.*.build.secrets",
                            "[].gid [].mode [].source [].target [].uid"),
                    Map.entry("services.*.build.ulimits", "*.hard *.soft"),
                    Map.entry("services.*.credential_spec", "config file registry"),
                    Map.entry(
                            "services.*.deploy.placement",
                            "constraints max_replicas_per_node preferences preferences[].spread"),
                    Map.entry(
                            "services.*.deploy.resources.reservations.generic_resources",
                            "[].discrete_resource_spec [].discrete_resource_spec.kind [].discrete_resource_spec.value"),
                    Map.entry(
                            "services.*.deploy.rollback_config",
                            "delay failure_action max_failure_ratio monitor order parallelism"),
                    Map.entry(
                            "services.*.develop",
                            "watch watch[].action watch[].exec watch[].exec.command watch[].exec.environment watch[].exec.privileged watch[].exec.user watch[].exec.working_dir watch[].ignore watch[].include watch[].initial_sync watch[].path watch[].target"),
                    Map.entry("services.*.models", "*.endpoint_var *.model_var"),
                    Map.entry(
                            "services.*.post_start",
                            "[].command [].environment [].privileged [].user [].working_dir"),
                    Map.entry(
                            "services.*.pre_start",
                            "[].command [].environment [].image [].per_replica [].privileged [].user [].working_dir"),
                    Map.entry(
                            "services.*.pre_stop",
                            "[].command [].environment [].privileged [].user [].working_dir"),
                    Map.entry("services.*.provider", "options type"),
                    Map.entry("services.*.volumes[].image", "subpath"));

    private ComposeTables() {}

    /** What becomes of a key. */
    enum KeyClass {
        HONOURED("honoured"),
        WARNED("warned"),
        REFUSED("refused");

        private final String word;

        KeyClass(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * A key of the specification.
     *
     * @param why it is not honoured, or how it is
     * @param example empty when there is none
     */
    record Row(String path, KeyClass keyClass, String why, String example) {}

    private static Map<String, KeyTable> tables() {
        var tables = new LinkedHashMap<String, KeyTable>();
        tables.put("", ComposeKeys.PROJECT);
        tables.put("include[]", ComposeKeys.INCLUSION);
        tables.put("services.*", ComposeServiceKeys.SERVICE);
        tables.put("services.*.build", ComposeBuildKeys.BUILD);
        tables.put("services.*.blkio_config", ComposeEngineKeys.BLKIO);
        tables.put("services.*.configs[]", ComposeGrantKeys.GRANT);
        tables.put("services.*.depends_on.*", ComposeDependencies.DEPENDENCY);
        tables.put("services.*.deploy", ComposeDeployKeys.DEPLOY);
        tables.put("services.*.deploy.resources", ComposeDeployKeys.RESOURCES);
        tables.put("services.*.deploy.resources.limits", ComposeDeployKeys.LIMITS);
        tables.put("services.*.deploy.resources.reservations", ComposeDeployKeys.RESERVATIONS);
        tables.put("services.*.deploy.resources.reservations.devices[]", ComposeDeployKeys.DEVICE);
        tables.put("services.*.deploy.restart_policy", ComposeDeployKeys.RESTART);
        tables.put("services.*.deploy.update_config", ComposeDeployKeys.UPDATE);
        tables.put("services.*.devices[]", ComposeEngineKeys.DEVICE);
        tables.put("services.*.env_file[]", ProcessKeys.ENV_FILE);
        tables.put("services.*.extends", ComposeKeys.EXTENSION);
        tables.put("services.*.gpus[]", ComposeDeployKeys.GPU);
        tables.put("services.*.healthcheck", ComposeHealth.HEALTHCHECK);
        tables.put("services.*.logging", ComposeHealth.LOGGING);
        tables.put("services.*.networks.*", ComposeNetworkKeys.ATTACHMENT);
        tables.put("services.*.ports[]", ComposePortKeys.PORT);
        tables.put("services.*.secrets[]", ComposeGrantKeys.GRANT);
        tables.put("services.*.ulimits.*", ComposeEngineKeys.ULIMIT);
        tables.put("services.*.volumes[]", ComposeVolumeKeys.MOUNT);
        tables.put("services.*.volumes[].bind", ComposeVolumeKeys.BIND_OPTIONS);
        tables.put("services.*.volumes[].tmpfs", ComposeVolumeKeys.TMPFS_OPTIONS);
        tables.put("services.*.volumes[].volume", ComposeVolumeKeys.VOLUME_OPTIONS);
        tables.put("networks.*", ComposeNetworkKeys.NETWORK);
        tables.put("networks.*.external", ComposeShapes.EXTERNAL);
        tables.put("networks.*.ipam", ComposeNetworkKeys.ADDRESSES);
        tables.put("networks.*.ipam.config[]", ComposeNetworkKeys.SUBNETS);
        tables.put("volumes.*", ComposeVolumeKeys.VOLUME);
        tables.put("volumes.*.external", ComposeShapes.EXTERNAL);
        tables.put("configs.*", ComposeGrantKeys.CONFIG);
        tables.put("configs.*.external", ComposeShapes.EXTERNAL);
        tables.put("secrets.*", ComposeGrantKeys.SECRET);
        tables.put("secrets.*.external", ComposeShapes.EXTERNAL);
        return tables;
    }

    /** Every key of the specification. */
    static List<Row> rows() {
        var rows = new ArrayList<Row>();
        BY_PATH.keySet().forEach(path -> rows.addAll(rows(path)));
        return rows;
    }

    /** The keys of one table and, for those that are not honoured, what stands within. */
    static List<Row> rows(String path) {
        var table = BY_PATH.getOrDefault(path, ComposeKeys.PROJECT);
        var rows = new ArrayList<Row>();
        table.keys()
                .forEach(key ->
                        rows.add(
                                new Row(
                                        join(path, key.name()),
                                        KeyClass.HONOURED,
                                        key.meaning(),
                                        key.example())));
        rows(path, table.ignored(), KeyClass.WARNED, rows);
        rows(path, table.refused(), KeyClass.REFUSED, rows);
        return rows;
    }

    private static void rows(
            String path, Map<String, String> words, KeyClass keyClass, List<Row> rows) {
        words.keySet().stream()
                .sorted()
                .forEach(word -> {
                    var key = join(path, word);
                    rows.add(new Row(key, keyClass, words.getOrDefault(word, ""), ""));
                    for (var inner : WITHIN.getOrDefault(key, "").split(" ", -1)) {
                        if (!inner.isEmpty()) {
                            rows.add(
                                    new Row(
                                            key + (inner.startsWith("[") ? "" : ".") + inner,
                                            keyClass,
                                            "as `" + word + "`",
                                            ""));
                        }
                    }
                });
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
