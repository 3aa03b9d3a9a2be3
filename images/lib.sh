# shellcheck shell=bash
# Shared by the recipes: source it. A recipe makes a root folder under $work and imports it as $IMAGE; scripts/images runs it.
set -euo pipefail
cache=${FORKGRADE_CACHE:?scripts/images sets it}
work=$(mktemp -d "$cache/image.XXXXXX")
trap 'rm -rf "$work"' EXIT

# import_root VERSION CHANGE…: $work/root becomes the image, labelled with its recipe and the version of what is in it.
import_root() {
    local changes=(--change "LABEL forkgrade.recipe=$RECIPE_HASH" --change "LABEL org.opencontainers.image.version=$1") change
    shift
    for change in "$@"; do changes+=(--change "$change"); done
    tar -C "$work/root" -c . | docker import "${changes[@]}" - "$IMAGE"
}

# debian_root: a small Debian with its Python 3.11, in $work/root. Making it takes most of a minute, so it is kept.
debian_root() {
    local made="$work/debian" tar
    tar="$cache/debian-$(declare -f debian_root | sha256sum | cut -c1-16).tar"
    if [ ! -e "$tar" ]; then
        debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,libxml2,libxslt1.1,libssl3,libffi8,libsqlite3-0,libreadline8,libbz2-1.0,liblzma5,zlib1g,libgomp1,libstdc++6 \
            bookworm "$made"
        rm -rf "$made"/var/lib/apt/lists/* "$made"/var/cache/{apt,debconf}/* "$made"/var/log/* "$made"/usr/share/{doc,man,locale,info}/*
        rm -f "$cache"/debian-*.tar
        tar -C "$made" -cf "$tar.part" .
        mv "$tar.part" "$tar"
        rm -rf "$made"
    fi
    mkdir -p "$work/root"
    tar -C "$work/root" -xf "$tar"
}

# copy_program FILE: the program and the libraries that it needs, in $work/root.
copy_program() {
    local to="$work/root" library
    mkdir -p "$to/usr/bin" "$to/tmp"
    chmod 1777 "$to/tmp"
    install -m 755 "$1" "$to/usr/bin/"
    for library in $(ldd "$1" | awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/.*ld-linux" { print $1 }'); do
        mkdir -p "$to${library%/*}"
        cp -L "$library" "$to$library"
    done
}

# pip ARGS…: the machine's own way to the package index, whatever proxy or mirror it is set up with.
pip() {
    "$cache/pip/bin/python" -c 'import pip' 2>/dev/null || python3 -m venv --clear "$cache/pip"
    "$cache/pip/bin/python" -m pip -q --disable-pip-version-check "$@"
}

# wheel NAME VERSION: unpacked in $work/NAME.
wheel() {
    pip download --no-deps --only-binary :all: -d "$work/wheels" "$1==$2"
    python3 -m zipfile -e "$work"/wheels/"${1//-/_}"-*.whl "$work/$1"
}

# packages DIR REQUIREMENT…: installed in that folder of the root for Debian's Python, compiled, since a read-only root never will.
packages() {
    local dir=$1 python=${PACKAGES_FOR:-3.11}
    shift
    pip install --python-version "$python" --only-binary :all: --no-compile --target "$work/root$dir" "$@"
    chroot "$work/root" /usr/bin/python3 -m compileall -q "$dir" >/dev/null || true
}
