# shellcheck shell=bash
# Shared by the scripts beside it: source it, don't run it.
set -euo pipefail

# shellcheck disable=SC2034 # for whoever sources this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ "$(id -u)" = 0 ]; then
    as_root=()
    cache=${FORKGRADE_CACHE:-/var/cache/forkgrade}
else
    as_root=(sudo)
    cache=${FORKGRADE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forkgrade}
fi
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
export PATH="$HOME/.cargo/bin:$cache/bin:$PATH"

# say WORDS…: what is being done, with the seconds since the script began.
say() {
    printf '\033[1m[%4ss]\033[0m %s\n' "$SECONDS" "$*" >&2
}

fail() {
    printf '\033[31merror:\033[0m %s\n' "$*" >&2
    exit 1
}

# quietly LOG COMMAND…: its output goes to a file of the cache, and its end to the reader where it fails.
quietly() {
    local log="$cache/$1.log"
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 25 "$log" >&2
        fail "'$*' failed; the whole log is $log"
    fi
}

# One script at a time in what two of them would both make: the caller holds NAME until it ends.
only_one() {
    exec 9>"$cache/$1.lock"
    flock -n 9 && return
    say "waiting for another run of $1"
    flock 9
}

# need_apt PACKAGE…: installs those that are missing.
need_apt() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    command -v apt-get >/dev/null || fail "these scripts install with apt-get (Debian, Ubuntu); install by hand: ${missing[*]}"
    say "installing ${missing[*]}"
    quietly apt-update "${as_root[@]}" apt-get update
    quietly apt-install "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

engine_answers() {
    docker info >/dev/null 2>&1
}

# An engine that somebody installed another way, or that is elsewhere, is left alone: Debian's would replace it.
need_engine_packages() {
    engine_answers && return
    command -v dockerd >/dev/null || need_apt docker.io iptables
    # Since Debian 13 the client is a package of its own.
    command -v docker >/dev/null || need_apt docker-cli
}
