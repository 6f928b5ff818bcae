# shellcheck shell=sh
# Says what this machine is, a word and its value a line; changes nothing.
say() { printf '%s=%s\n' "$1" "$2"; }
say user "$(id -un)"
if [ "$(id -u)" -eq 0 ]; then
    say root yes
elif sudo -n true 2>/dev/null; then
    say root sudo
else
    say root no
fi
say kernel "$(uname -s)"
say machine "$(dpkg --print-architecture 2>/dev/null || uname -m)"
if command -v dpkg >/dev/null 2>&1; then say dpkg yes; else say dpkg no; fi
if [ -d /run/systemd/system ]; then say systemd yes; else say systemd no; fi
if [ -x /usr/bin/olympus ]; then say olympus yes; else say olympus no; fi
for package in olympus olympus-agent; do
    version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$package" 2>/dev/null) || continue
    case $version in
    'installed '*) say "package.$package" "${version#installed }" ;;
    esac
done
for unit in olympus olympus-server olympus-agent; do
    if systemctl is-active --quiet "$unit" 2>/dev/null; then say active "$unit"; fi
done
