#!/bin/sh
# Keeps one run of one instance, independently of the agent: starts it, waits for it, writes down how it ended.
#
#   shim.sh hold RUN DIR CGROUPS COMMAND...    the shim: stays until the command has ended
#   shim.sh run  RUN DIR CGROUPS COMMAND...    becomes the command, in a session of its own
#   shim.sh guard RUN MARK CGROUPS SIGNAL GRACE    the guardian of a singleton's run: ends it when its lease has run out
#
# RUN is the run's folder; CGROUPS are files to write the own pid to, with : between. The environment is already that of the instance;
# nothing of it may be written to disk. Only built-in commands, setsid and the command itself are run.
#
# Files in RUN: shim "PID TICKS" · child "PID TICKS", created exclusively: who creates it holds the run,
# so that a shim which comes late starts nothing · status: exit code, in place of a "-" · lease "END FENCE END", written by the agent in place:
# up to when the run may go on, in hundredths of a second since boot · guardian "PID TICKS" · lease-over: the guardian has begun to end the run.

stage=$1 run=$2 dir=$3 cgroups=$4

# When a process began, and whether it has ended and only waits to be taken notice of.
ticks_of() {
    { read -r line < "/proc/$1/stat"; } 2> /dev/null || return 1
    line=${line##*) }
    # shellcheck disable=SC2086
    set -- $line
    life=$1
    ticks=${20}
}

ticks() {
    ticks_of $$ || exit 111
}

# The rest is for the guardian. Whatever it cannot read counts as if the lease had run out: it fails towards ending the run.

now() {
    read -r now rest < /proc/uptime || return 1
    now=${now%.*}${now#*.}
}

# A lease that is being written at this moment is read a second later.
lease() {
    { read -r first _ second < "$run/lease"; } 2> /dev/null || return 1
    [ -n "$first" ] && [ "$first" = "$second" ] && end=$first
}

child() {
    [ -n "$child" ] && return
    { read -r child born < "$run/child"; } 2> /dev/null || child=
}

child_is_there() {
    [ -n "$child" ] && ticks_of "$child" && [ "$ticks" = "$born" ] && [ "$life" != Z ]
}

# Processes of the run wherever they have gone, by the mark in their environment; its shim excepted, which ends by itself.
marked() {
    marked=
    { read -r shim rest < "$run/shim"; } 2> /dev/null || shim=
    # shellcheck disable=SC2013 # none of these names holds a blank
    for file in $(grep -lzxF "$mark" /proc/[0-9]*/environ 2> /dev/null); do
        pid=${file#/proc/}
        pid=${pid%/environ}
        [ "$pid" = "$shim" ] || { ticks_of "$pid" && [ "$life" != Z ] && marked="$marked $pid"; }
    done
    [ -n "$marked" ]
}

kill_all() {
    child_is_there && kill -s KILL -- "-$child"
    files=$cgroups
    while [ -n "$files" ]; do
        file=${files%%:*}
        files=${files#"$file"}
        files=${files#:}
        [ -w "${file%/*}/cgroup.kill" ] && echo 1 > "${file%/*}/cgroup.kill"
    done
    for pid in $marked; do kill -s KILL "$pid"; done
} 2> /dev/null

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
guard)
    mark=$3 signal=$5 grace=$6
    child='' born='' marked='' end=0
    trap '' HUP INT TERM
    # When this shell cannot go on, because it can make no process, the run does not go on either.
    trap 'child; kill_all' EXIT
    ticks
    printf '%s %s\n' $$ "$ticks" > "$run/guardian" || exit 111
    while :; do
        lease
        child
        if [ -n "$child" ] && ! child_is_there && ! marked; then
            trap - EXIT
            exit 0
        fi
        if ! { now && [ "$now" -lt "$end" ]; }; then break; fi
        sleep 1
    done
    # Who has not begun by now does not begin any more.
    if (set -C && : > "$run/child") 2> /dev/null; then
        trap - EXIT
        exit 0
    fi
    : > "$run/lease-over"
    child
    child_is_there && kill -s "$signal" -- "-$child" 2> /dev/null
    now && killed=$((now + grace))
    while child_is_there || marked; do
        if ! { now && [ "$now" -lt "$killed" ]; }; then kill_all; fi
        sleep 0.2 || sleep 1
    done
    trap - EXIT
    ;;
*)
    echo "shim.sh: unknown stage \"$stage\"; expected hold, run or guard" >&2
    exit 2
    ;;
esac
