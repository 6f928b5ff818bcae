# shellcheck shell=sh
# Says what this machine is, a word and its value a line; changes nothing. $data comes before this.
say() { printf '%s=%s\n' "$1" "$2"; }
as_root() { if [ "$root" = sudo ]; then sudo -n "$@"; else "$@"; fi; }
root=no
if [ "$(id -u)" -eq 0 ]; then
    root=yes
elif sudo -n true 2>/dev/null; then
    root=sudo
fi
say user "$(id -un)"
say root "$root"
say kernel "$(uname -s)"
say machine "$(dpkg --print-architecture 2>/dev/null || uname -m)"
if command -v dpkg >/dev/null 2>&1; then say dpkg yes; else say dpkg no; fi
if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
if [ -x /usr/bin/olympus ]; then say olympus yes; else say olympus no; fi
# shellcheck disable=SC2154
for kept in agent.pem server.json; do
    if as_root test -e "$data/keys/$kept" || as_root test -e "$data/$kept"; then say member "$kept"; fi
done 2>/dev/null
for package in olympus olympus-agent; do
    version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$package" 2>/dev/null) || continue
    case $version in
    'installed '*) say "package.$package" "${version#installed }" ;;
    esac
done
for unit in olympus olympus-server olympus-agent; do
    # One that starts, or fails again and again, is not idle.
    case $(systemctl is-active "$unit" 2>/dev/null) in
    inactive | failed | unknown | '') ;;
    *) say active "$unit" ;;
    esac
done
