#!/bin/sh
# pip of a build: what is not pinned is what it was on the day of the commit. The resolver says which versions those are, and pip, which does
# the rest as ever, keeps to them. Where the resolver has nothing to say, pip does as it would on anybody's computer.
pip() { /usr/local/bin/python -m pip "$@"; }
if [ "$1" != install ] || ! command -v uv >/dev/null || grep -qs -e --hash= -- "$@"; then
    pip "$@"
    exit
fi
shift

# Options that the resolver has not, and that change no version.
versions() {
    skipped=
    for word; do
        shift
        case ${skipped:-$word} in
            --prefix | --target | -t | --root | --timeout | --default-timeout | --retries | --progress-bar | --src)
                [ "$skipped" ] && skipped= || skipped=$word ;;
            --user | --quiet | -q | -qq | --no-input | --no-cache-dir | --ignore-installed | -I | --no-warn-* | --disable-pip-version-check) ;;
            --prefix=* | --target=* | --root=* | --timeout=* | --default-timeout=* | --retries=* | --progress-bar=* | --use-*) ;;
            *) set -- "$@" "$word" ;;
        esac
    done
    packages=/opt/venv
    [ -e $packages/bin/python ] || packages=/usr/local/bin/python
    timeout 120 uv pip install --dry-run --no-cache --no-progress --color never --python $packages --exclude-newer AS_OF "$@" 2>&1
}

pins=$(mktemp)
versions "$@" | sed -n 's/^ + \([A-Za-z0-9._-]*==[^ ]*\)$/\1/p' >"$pins"
pip install --constraint "$pins" "$@"
code=$?
rm -f "$pins"
exit $code
