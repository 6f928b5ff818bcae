#!/usr/bin/env bash
# Beats for ten seconds, then hangs: alive, but its heartbeat grows old.
set -euo pipefail
for _ in 1 2 3 4 5 6 7 8 9 10; do
    touch "$HEARTBEAT"
    echo "beat"
    sleep 1
done
echo "hanging now" >&2
exec sleep 86400
