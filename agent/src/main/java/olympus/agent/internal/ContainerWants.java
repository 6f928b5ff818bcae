package olympus.agent.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Volume;

/**
 * What a container wants of its machine beyond a life of its own. What is not known to be harmless
 * counts as a privilege.
 *
 * @param binds files and folders of the machine
 * @param network through which network of the machine, or of others, it reaches and is reached
 * @param privileges by their words in a Compose file
 */
record ContainerWants(
        List<Path> binds, Optional<String> network, boolean gpus, List<String> privileges) {

    private static final String HOST = "host";

    ContainerWants {
        binds = List.copyOf(binds);
        privileges = List.copyOf(privileges);
    }

    static ContainerWants of(Workload.Container container) {
        var binds = new ArrayList<Path>();
        var privileges = new ArrayList<String>();
        for (var mount : container.mounts()) {
            switch (mount) {
                case Mount.Bind bind -> binds.add(Path.of(bind.source()).normalize());
                case Mount.Content content -> {
                    if (content.source() instanceof Mount.Source.File(var path)) {
                        binds.add(Path.of(path).normalize());
                    }
                }
                case Mount.Named named -> {
                    if (isOfTheMachine(named.volume())) {
                        privileges.add("volume " + named.volume().key());
                    }
                }
                case Mount.Anonymous _, Mount.Tmpfs _ -> {}
            }
        }
        var wanted = container.privileges();
        add(privileges, wanted);
        return new ContainerWants(
                binds, network(container.networking()), !wanted.gpus().isEmpty(), privileges);
    }

    /** Its driver or options may put any folder of the machine there; one made by others too. */
    private static boolean isOfTheMachine(Volume volume) {
        return volume.external()
                || volume.driver().filter(driver -> !driver.equals("local")).isPresent()
                || !volume.driverOptions().isEmpty();
    }

    private static Optional<String> network(Networking networking) {
        return networking
                .mode()
                .filter(mode -> mode.equals(HOST) || mode.startsWith("container:"))
                .or(() ->
                        networking.attachments().stream()
                                .map(Networking.Attachment::network)
                                .filter(ContainerWants::isOfTheMachine)
                                .map(network -> "network " + network.key())
                                .findFirst());
    }

    private static boolean isOfTheMachine(Network network) {
        return network.external()
                || network.driver().filter(driver -> !driver.equals("bridge")).isPresent();
    }

    private static void add(List<String> all, Privileges wanted) {
        if (wanted.privileged()) {
            all.add("privileged");
        }
        if (!wanted.capAdd().isEmpty()) {
            all.add("cap_add " + wanted.capAdd());
        }
        if (wanted.securityOptions().stream().anyMatch(option -> !isTightening(option))) {
            all.add("security_opt " + wanted.securityOptions());
        }
        if (!wanted.devices().isEmpty()) {
            all.add("devices " + wanted.devices());
        }
        if (!wanted.deviceCgroupRules().isEmpty()) {
            all.add("device_cgroup_rules");
        }
        if (!wanted.sysctls().isEmpty()) {
            all.add("sysctls");
        }
        add(all, "userns_mode", wanted.userNamespace());
        add(all, "pid", wanted.pid());
        add(all, "ipc", wanted.ipc().filter(ipc -> !List.of("private", "none").contains(ipc)));
        add(all, "uts", wanted.uts());
        add(all, "cgroup", wanted.cgroup().filter(cgroup -> !cgroup.equals("private")));
        add(all, "cgroup_parent", wanted.cgroupParent());
        add(all, "runtime", wanted.runtime());
    }

    private static void add(List<String> all, String word, Optional<String> value) {
        value.ifPresent(written -> all.add(word + " " + written));
    }

    private static boolean isTightening(String option) {
        return option.equals("no-new-privileges") || option.equals("no-new-privileges:true");
    }
}
