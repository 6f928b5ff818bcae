#!/bin/sh
# Keeps one run of one instance, independently of the agent: starts it, waits for it, writes down how it ended.
#
#   shim.sh hold RUN DIR CGROUPS COMMAND...    the shim: stays until the command has ended
#   shim.sh run  RUN DIR CGROUPS COMMAND...    becomes the command, in a session of its own
#
# RUN is the run's folder; CGROUPS are files to write the own pid to, with : between. The environment is already that of the instance;
# nothing of it may be written to disk. Only built-in commands, setsid and the command itself are run.
#
# Files in RUN: shim "PID TICKS" · child "PID TICKS", created exclusively: who creates it holds the run,
# so that a shim which comes late starts nothing · status: exit code, in place of a "-".

stage=$1 run=$2 dir=$3 cgroups=$4

ticks() {
    read -r line < /proc/$$/stat || exit 111
    line=${line##*) }
    # shellcheck disable=SC2086
    set -- $line
    ticks=${20}
}

case $stage in
hold)
    shift
    # Handlers instead of ignoring: what is ignored would be ignored in the command too.
    trap : HUP INT TERM
    ticks
    printf '%s %s\n' $$ "$ticks" > "$run/shim" || exit 111
    # In the foreground, so that the shell does not make the command ignore SIGINT and SIGQUIT. Redirected by a shell of its own that becomes
    # the command: this one would write "Killed" there.
    (exec setsid /bin/sh "$0" run "$@" < /dev/null >> "$run/stdout" 2>> "$run/stderr")
    status=$?
    # In place, without truncation: needs no new block on a full disk.
    printf '%s\n' "$status" 1<> "$run/status"
    ;;
run)
    shift 4
    ticks
    set -C
    { printf '%s %s\n' $$ "$ticks" > "$run/child"; } 2> /dev/null || exit 112
    set +C
    while [ -n "$cgroups" ]; do
        file=${cgroups%%:*}
        cgroups=${cgroups#"$file"}
        cgroups=${cgroups#:}
        echo $$ > "$file" || exit 113
    done
    cd -- "$dir" || exit 114
    exec "$@"
    ;;
*)
    echo "shim.sh: unknown stage \"$stage\"; expected hold or run" >&2
    exit 2
    ;;
esac
