# shellcheck shell=bash
# Which program a command of Olympus runs in. Sourced by ./olympus and by the launcher of the packages; defines
# functions only.

# Sets `kind` (whose options and class path are taken: server, agent or cli) and `main` for the command "$@".
choose_program() {
    case "${1:-} ${2:-}" in
    "agent "*)
        kind=agent
        main=olympus.server.OlympusServerMain
        ;;
    "up "* | "server "* | "demo "* | "store "* | "servers recover" | "snapshot restore")
        kind=server
        main=olympus.server.OlympusServerMain
        ;;
    *)
        # shellcheck disable=SC2034 # both are read by who sources this
        kind=cli
        # shellcheck disable=SC2034
        main=olympus.cli.OlympusCliMain
        ;;
    esac
}
