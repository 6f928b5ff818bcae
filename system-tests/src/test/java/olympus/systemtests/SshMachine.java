package olympus.systemtests;

/**
 * Lets a machine of a {@link Lab} be reached by ssh, and stands in for its systemd as far as a
 * package and a person with ssh need one: a unit is enabled and started, is active, is disabled.
 * The server of ssh is OpenSSH's.
 */
final class SshMachine {

    private static final String SYSTEMCTL =
            """
            #!/bin/bash
            unit=${!#}
            unit=${unit%.service}
            file=/lib/systemd/system/$unit.service
            pidfile=/run/$unit.pid
            case $1 in
            enable)
                set -a
                eval "$(sed -n 's/^EnvironmentFile=-//p' "$file" | xargs -r cat)"
                eval "setsid $(sed -n 's/^ExecStart=//p' "$file") >/var/log/$unit.log 2>&1 </dev/null &"
                echo $! >"$pidfile"
                ;;
            disable) [ ! -e "$pidfile" ] || kill "$(cat "$pidfile")" ;;
            is-active)
                if [ -e "$pidfile" ] && kill -0 "$(cat "$pidfile")"; then
                    echo active
                else
                    echo inactive
                    exit 3
                fi
                ;;
            daemon-reload | try-restart) ;;
            *)
                echo "$0 cannot do this: $*" >&2
                exit 1
                ;;
            esac
            """;

    private SshMachine() {}

    /**
     * @param key that may log in as root; empty for nobody
     */
    static void reachable(LabMachine machine, String key) {
        machine.shell(
                """
                cat >/usr/local/bin/systemctl <<'END'
                %sEND
                chmod 755 /usr/local/bin/systemctl
                mkdir -p /run/systemd/system /run/sshd
                echo OLYMPUS_LOG_LEVEL=info >/etc/default/olympus-agent
                mkdir -p -m 700 ~/.ssh
                echo '%s' >~/.ssh/authorized_keys
                chmod 600 ~/.ssh/authorized_keys
                rm -f /etc/ssh/ssh_host_*
                ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
                """
                        .formatted(SYSTEMCTL, key));
        machine.start(
                "/usr/sbin/sshd -D -e -o UsePAM=no -o PasswordAuthentication=no -o PermitRootLogin=prohibit-password");
    }
}
