#!/usr/bin/env bash
# Writes a line every two seconds until it is told to stop.
set -euo pipefail
trap 'echo "stopping after $n lines"; exit 0' TERM
n=0
while true; do
    n=$((n + 1))
    echo "job $n done"
    sleep 2 &
    wait $!
done
