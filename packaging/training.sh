# shellcheck shell=bash
# Makes the ahead-of-time caches that quicken the start. Sourced by ./olympus and by the launcher of the packages,
# which define `java_command KIND JVM-OPTION…`: it sets the array `command` to the Java process of that kind, up to
# and with its main class.

readonly TRAINING_SECONDS=60

# Runs the server on a free port with a data folder of its own and one command of the command line against it, and
# puts server.aot and cli.aot into the folder $1, training.log into the folder $2. Nothing depends on the caches:
# when this fails, or the JDK changes, the JVM ignores them. Where there is no server, only the command line's is made.
train() {
    local to=$1 log_to=$2 with_server=$3 scratch server='' deadline=$((SECONDS + TRAINING_SECONDS))
    local -a command
    scratch=$(mktemp -d)
    if [ "$with_server" = yes ]; then
        java_command server -XX:AOTCacheOutput="$scratch/server.aot"
        # `timeout` counts -k from the first signal, also from ours below; the cache is written after that.
        timeout -k "$((2 * TRAINING_SECONDS))" "$((2 * TRAINING_SECONDS))" "${command[@]}" \
            up --data-dir "$scratch/data" --listen 127.0.0.1:0 </dev/null >"$scratch/log" 2>&1 &
        server=$!
        while kill -0 "$server" 2>/dev/null && ! grep -qs 'ready in' "$scratch/log" && [ "$SECONDS" -lt "$deadline" ]; do
            sleep 0.2
        done
    fi
    java_command cli -XX:AOTCacheOutput="$scratch/cli.aot"
    timeout -k 10 "$TRAINING_SECONDS" "${command[@]}" \
        status --data-dir "$scratch/data" </dev/null >"$scratch/cli.log" 2>&1 || true
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    mv "$scratch"/*.aot "$to/" 2>/dev/null || true
    cat "$scratch"/*log >"$log_to/training.log"
    rm -rf "$scratch"
}
