# Shared by the recipes: source it. Every recipe makes a root folder in $work and imports it as $IMAGE.
set -euo pipefail
cache=${FORKGRADE_CACHE:-/var/cache/forkgrade}
work=$(mktemp -d "$cache/image.XXXXXX")
trap 'rm -rf "$work"' EXIT

# import_root DIR CHANGE…: the folder becomes the image, labelled with its recipe.
import_root() {
    local dir=$1 changes=(--change "LABEL forkgrade.recipe=$RECIPE_HASH") change
    shift
    for change in "$@"; do changes+=(--change "$change"); done
    tar -C "$dir" -c . | docker import "${changes[@]}" - "$IMAGE"
}

# copy_program DIR BINARY: the binary and the libraries that it needs.
copy_program() {
    local dir=$1 binary=$2 library
    mkdir -p "$dir/usr/bin" "$dir/tmp" "$dir/data"
    chmod 1777 "$dir/tmp" "$dir/data"
    cp "$binary" "$dir/usr/bin/"
    chmod 755 "$dir/usr/bin/${binary##*/}"
    for library in $(ldd "$binary" 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/.*ld-linux" && $2 !~ ":" { print $1 }'); do
        mkdir -p "$dir${library%/*}"
        cp -L "$library" "$dir$library"
    done
}

# wheel NAME VERSION: downloads and unpacks a wheel of the package index into $work/NAME.
wheel() {
    python3 -m venv "$cache/wheels-venv"
    "$cache/wheels-venv/bin/pip" download -q --no-deps --only-binary :all: -d "$work/wheels" "$1==$2"
    unzip -qo "$work"/wheels/"${1//-/_}"-*.whl -d "$work/$1"
}
