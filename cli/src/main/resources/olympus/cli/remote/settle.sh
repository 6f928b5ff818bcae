# shellcheck shell=sh
# Takes the token out of $file, which comes before this: the machine is in and needs it no more.
set -eu
umask 077
# shellcheck disable=SC2154
grep -Ev '^OLYMPUS_AGENT_(SERVER|TOKEN)=' "$file" >"$file.new" || [ $? -eq 1 ]
mv "$file.new" "$file"
