//! What is carried out in a build's containers besides the file's own commands.
//! May import: chrono.
//! Next: `making.rs`, which does.

use chrono::NaiveDate;

/// Makes `/usr/local` an environment of Python with pip (where Debian's is the image's Python, one of its own), as it is in the image that people know, which finds the packages
/// that were installed beforehand; `$1` is the version that the file names, where ours is another one,
/// `$2` the pip that its commands meet.
pub(super) const PREPARE: &str = r#"
python=/usr/local/bin/python
[ -x "$python" ] || exit 0
if [ "$("$python" -c 'import sys; print(sys.base_prefix)')" = /usr/local ]; then
    [ -e /usr/local/bin/pip ] || "$python" -m ensurepip --default-pip || exit 1
else
    [ -e /usr/local/pyvenv.cfg ] || "$python" -m venv --system-site-packages /usr/local || exit 1
fi
own=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])') || exit 1
layer=/opt/venv/lib/$(basename "$(dirname "$own")")/site-packages
if [ -d "$layer" ]; then echo "$layer" >"$own/forkgrade.pth"; echo "$own" >"$layer/forkgrade.pth"; fi
[ -z "$1" ] || [ -e "/usr/local/bin/python$1" ] || ln -s python "/usr/local/bin/python$1"
mkdir -p /usr/local/sbin
printf %s "$2" >/usr/local/sbin/pip && chmod 755 /usr/local/sbin/pip && ln -sf pip /usr/local/sbin/pip3
for tool in uv uvx; do [ -e "/$tool" ] || [ ! -e "/usr/local/bin/$tool" ] || ln -s "/usr/local/bin/$tool" "/$tool"; done
mkdir -p /var/cache/apt/archives/partial /var/lib/apt/lists/partial /var/log/apt
"#;
/// Everything that a command left running. The first process is immune.
pub(super) const END_ALL: &str = "kill -9 -1";
/// Unpacks into a folder.
pub(super) const INTO: &str = "mkdir -p \"$1\" && tar -x -o $2 -C \"$1\" -f -";
/// Unpacks the one file `$2` to a path, or into it where it is a folder.
pub(super) const AS: &str = "mkdir -p /.forkgrade/in \"$(dirname \"$1\")\" && tar -x -o -C /.forkgrade/in -f - && \
    if [ -d \"$1\" ]; then cp -a \"/.forkgrade/in/$2\" \"$1/\"; else cp -a \"/.forkgrade/in/$2\" \"$1\"; fi; \
    code=$?; rm -rf /.forkgrade/in; exit $code";
/// What a source of another image is: `d` or `f` and its path, one a line.
pub(super) const LOOK: &str = "IFS=; for path in $1; do if [ -d \"$path\" ]; then echo \"d$path\"; \
    elif [ -e \"$path\" ]; then echo \"f$path\"; fi; done";
/// Takes our pip away again, puts the contents of the folders that a run writes to aside, where they are not too large, and says which; then whose home is where.
pub(super) const FINISH: &str = r#"
user=$1 most=$2 home_most=$3; shift 3
rm -f /usr/local/sbin/pip /usr/local/sbin/pip3
aside() {
    [ ! -L "$1" ] && mkdir -p "$1" || return
    size=$(du -sk "$1" | cut -f1)
    if [ "${size:-0}" -gt "$2" ]; then echo "large $1"; return; fi
    mkdir -p "/.forkgrade/seed$1"
    for file in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -e "$file" ] || [ -L "$file" ]; then mv "$file" "/.forkgrade/seed$1/"; fi
    done
    echo "aside $1"
}
for folder; do aside "$folder" "$most"; done
home=/root
while IFS=: read -r name _ id _ _ folder _; do
    if [ "$name" = "$user" ] || [ "$id" = "$user" ]; then home=$folder; fi
done </etc/passwd
[ "$home" != / ] && [ -d "$home" ] || home=/root
mkdir -p "$home"; chmod a+rx "$home"
echo "home $home"
aside "$home" "$home_most"
chmod -R a+rX /.forkgrade/seed
"#;

/// Whether the mirror of the system's packages answers: without it, this ends well all the same and only warns.
pub(super) const UPDATE: &str = "mkdir -p /var/cache/apt/archives/partial /var/lib/apt/lists/partial; said=$(apt-get update 2>&1); code=$?; \
    echo \"$said\"; [ $code = 0 ] && ! echo \"$said\" | grep -q '^[EW]:'";

/// pip for the commands of a build, which installs what is not pinned as of a date.
pub(super) fn pip(newest: NaiveDate) -> String {
    include_str!("pip.sh").replace("AS_OF", &newest.to_string())
}
