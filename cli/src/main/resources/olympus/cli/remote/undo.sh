# shellcheck shell=sh
# Says what the unit had to say, and takes it out of use again: the machine was not let in.
file=/etc/default/olympus-agent
umask 077
journalctl --unit olympus-agent --no-pager --output cat --lines 20 2>/dev/null
systemctl disable --quiet --now olympus-agent
if [ -e "$file" ]; then
    grep -Ev '^OLYMPUS_AGENT_(SERVER|TOKEN)=' "$file" >"$file.new"
    mv "$file.new" "$file"
fi
