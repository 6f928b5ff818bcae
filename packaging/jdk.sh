# shellcheck shell=bash
# Finds the tools that a source checkout needs. Sourced by ./olympus and ./verify; defines functions only.

readonly JDK_NEEDED=25

# Prints the feature version of the JDK in folder $1 (25 for 25.0.1), or nothing. Reads its `release`
# file, because starting a JVM per candidate would take longer than a command may.
jdk_feature() {
    local line
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=*)
            line=${line#JAVA_VERSION=}
            line=${line//\"/}
            printf '%s\n' "${line%%[.+-]*}"
            return 0
            ;;
        esac
    done <"$1/release"
}

jdk_is_new_enough() {
    local feature
    feature=$(jdk_feature "$1")
    case $feature in
    '' | *[!0-9]*) return 1 ;;
    *) [ "$feature" -ge "$JDK_NEEDED" ] ;;
    esac
}

# Prints the home of a JDK 25 or newer; fails with an explanation on stderr when there is none.
find_jdk() {
    local home candidate on_path
    if [ -n "${OLYMPUS_JAVA:-}" ]; then
        home=$OLYMPUS_JAVA
        [ -d "$home" ] || home=$(dirname "$(dirname "$(readlink -f "$home")")")
        if jdk_is_new_enough "$home"; then
            printf '%s\n' "$home"
            return 0
        fi
        printf 'olympus: OLYMPUS_JAVA=%s is not a JDK %s or newer (a folder with bin/javac and a release file, or its bin/java).\n' \
            "$OLYMPUS_JAVA" "$JDK_NEEDED" >&2
        return 1
    fi
    on_path=$(command -v javac || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk* /opt/java/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* /usr/local/*jdk*; do
        if [ -n "$candidate" ] && jdk_is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    cat >&2 <<EOF
olympus: no JDK $JDK_NEEDED or newer found (looked at OLYMPUS_JAVA, JAVA_HOME, PATH, /usr/lib/jvm, /opt, /usr/local, ~/.sdkman, ~/.jdks).
  Debian, Ubuntu:  apt install openjdk-$JDK_NEEDED-jdk-headless   (where the release has it)
  any Linux:       Eclipse Temurin $JDK_NEEDED from https://adoptium.net, or \`sdk install java $JDK_NEEDED-tem\`
  then, when it lies elsewhere:  export OLYMPUS_JAVA=/path/to/jdk-$JDK_NEEDED
EOF
    return 1
}

# Fails with an explanation on stderr when there is no Maven. Its version is checked by the build itself.
need_maven() {
    command -v mvn >/dev/null && return 0
    cat >&2 <<'EOF'
olympus: Maven (mvn) is not on the PATH; 3.8 or newer is needed to build from source.
  Debian, Ubuntu:  apt install maven
  any Linux:       unpack the binary archive from https://maven.apache.org/download.cgi and put its bin folder on the PATH
EOF
    return 1
}

# Runs Maven in the checkout $1 with the JDK $2 and the remaining arguments.
run_maven() {
    local root=$1 jdk=$2
    shift 2
    # Maven's own libraries use methods that JDK 25 warns about; the warnings say nothing about Olympus.
    (cd "$root" && JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" mvn "$@")
}
