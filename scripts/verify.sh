# shellcheck shell=bash disable=SC2154 # cache, verifiable and the functions are those of scripts/images, which sources this
# Starts each image under the constraints of a run, and asks it for what students' code asks it.

pod="forkgrade-verify-$$"
trap 'docker rm -f "$pod" "$pod-database" >/dev/null 2>&1' EXIT
confined=(--read-only --cap-drop ALL --security-opt no-new-privileges --memory 512m --memory-swap 512m --pids-limit 256
    --tmpfs '/tmp:rw,size=64m' --label "forkgrade.verify=$$")

# verify_database IMAGE KIND PORT CLIENT…: the database joins the network of a second container, where the clients are.
verify_database() {
    local image=$1 kind=$2 port=$3 client version spoken=() started listening
    shift 3
    docker run -d --name "$pod" --network none "${confined[@]}" forkgrade/verify:1 >/dev/null
    docker exec "$pod" python3 /clients/talk.py wait "$port" >"$cache/verify-listening" &
    docker run -d --name "$pod-database" --network "container:$pod" "${confined[@]}" \
        --tmpfs "$(label "$image" forkgrade.data-dir):rw,size=256m,mode=1777" "$image" >/dev/null
    wait $! || { docker logs --tail 20 "$pod-database" >&2; fail "$image does not listen on $port"; }
    started=$(date -d "$(docker inspect -f '{{.State.StartedAt}}' "$pod-database")" +%s.%N)
    listening=$(awk -v a="$started" '{ printf "%.2f", $1 - a }' "$cache/verify-listening")
    for client in "$@"; do
        version=$(docker exec -e PYTHONPATH="/clients/$client" "$pod" python3 /clients/talk.py "$kind") ||
            { docker logs --tail 20 "$pod-database" >&2; fail "$image does not serve $client"; }
        spoken+=("$kind client $version")
    done
    say "$image listens after $listening s, holds $(docker stats --no-stream --format '{{.MemUsage}}' "$pod-database" | cut -d ' ' -f 1)," \
        "serves$(printf ' %s,' "${spoken[@]}") read-only, without capabilities"
    docker rm -f "$pod" "$pod-database" >/dev/null
}

verify_python() { # IMAGE
    local said
    said=$(docker run --rm --network none "${confined[@]}" --tmpfs /opt/venv:rw,exec,size=64m,uid=10001,gid=10001 "$1" sh -ceu '
        uv venv -q --no-cache --offline --python /usr/local/bin/python --allow-existing /opt/venv
        python -c "
import os, platform, ssl, sqlite3, lzma, bz2, ctypes, readline, sys
assert sys.prefix == \"/opt/venv\" and os.getuid() == 10001 and os.getcwd() == \"/work\"
assert len(ssl.create_default_context().get_ca_certs()) > 50
print(platform.python_version())"
        touch /usr/x 2>/dev/null && exit 1
        uv --version') || fail "$1 does not do what a run asks of it"
    say "$1 runs Python $(echo "$said" | paste -sd, | sed 's/,/, with /'), as 10001, read-only, without capabilities"
}

verify_browser() { # IMAGE
    local said
    said=$(docker run --rm --network none "${confined[@]}" --tmpfs /tmp:rw,noexec,size=128m,mode=1777 "$1" /bin/sh -ceu '
        /usr/lib/chromium/chromium-headless-shell --headless --no-sandbox --disable-dev-shm-usage --user-data-dir=/tmp/profile \
            --dump-dom "data:text/html,<p><script>document.write(6 * 7)</script>" 2>/dev/null
        chromedriver --version') || fail "$1 does not do what a run asks of it"
    case $said in *"</script>42"*) ;; *) fail "$1 runs no scripts: $said" ;; esac
    say "$1 runs a page and its scripts, read-only, without capabilities; $(echo "$said" | tail -n 1 | cut -d ' ' -f 1,2)"
}

for image in "${verifiable[@]}"; do
    case $image in
        forkgrade/python:*) verify_python "$image" ;;
        forkgrade/browser:*) verify_browser "$image" ;;
        forkgrade/redis:*) verify_database "$image" redis 6379 redis-3 redis-5 ;;
        forkgrade/mongo-*) verify_database "$image" mongo 27017 pymongo-3.11 pymongo-4 ;;
        forkgrade/elasticsearch-*) verify_database "$image" elasticsearch 9200 elasticsearch-7 elasticsearch-8 ;;
    esac
done
