# shellcheck shell=sh
# Says what the unit had to say, and takes it out of use again, and the token out of $file, which comes
# before this: the machine was not let in.
set -u
umask 077
journalctl --unit olympus-agent --no-pager --output cat --lines 20 2>/dev/null
set -e
# shellcheck disable=SC2154
if [ -e "$file" ]; then
    grep -Ev '^OLYMPUS_AGENT_(SERVER|TOKEN)=' "$file" >"$file.new" || [ $? -eq 1 ]
    mv "$file.new" "$file"
fi
systemctl disable --quiet --now olympus-agent
