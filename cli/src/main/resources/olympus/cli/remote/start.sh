# shellcheck shell=sh
# Lets the agent start as a unit, with what it needs to be let in: $file, $server and $token come before this.
set -eu
umask 077
# shellcheck disable=SC2154
new=$file.new
: >"$new"
if [ -e "$file" ]; then
    grep -Ev '^OLYMPUS_AGENT_(SERVER|TOKEN)=' "$file" >"$new" || [ $? -eq 1 ]
fi
# shellcheck disable=SC2154
printf 'OLYMPUS_AGENT_SERVER=%s\nOLYMPUS_AGENT_TOKEN=%s\n' "$server" "$token" >>"$new"
mv "$new" "$file"
systemctl enable --quiet --now olympus-agent
