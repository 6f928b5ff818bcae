# shellcheck shell=sh
# Takes the token out of the file: the machine is in and needs it no more.
set -eu
file=/etc/default/olympus-agent
umask 077
grep -Ev '^OLYMPUS_AGENT_(SERVER|TOKEN)=' "$file" >"$file.new" || [ $? -eq 1 ]
mv "$file.new" "$file"
