#!/bin/sh
# Make a Docker Engine available. One that answers is used as it is; else root gets one installed and started here.
# Needs .venv (make setup).
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

log=/var/log/dockerd.log
wait_s=60

say() { echo "engine: $*"; }
fail() {
    say "$1"
    [ -z "${2:-}" ] || echo "hint: $2"
    exit 1
} >&2

answers() {
    .venv/bin/python - <<'PYTHON'
import sys

from grader.engine.client import connect
from grader.errors import SandboxError

try:
    print("engine: Docker Engine", connect().version()["Version"], "answers")
except SandboxError as error:
    sys.exit(3 if "may not talk" in error.message else 1)
PYTHON
}

# Whether the process that wrote the pid file $1 still runs as the program $2.
runs() { [ -f "$1" ] && [ "$(cat "/proc/$(cat "$1")/comm" 2>/dev/null)" = "$2" ]; }

# A daemon that was killed leaves its pid files, and the next one refuses to start while they are there.
forget_dead() {
    if [ -f "$1" ] && ! runs "$1" "$2"; then
        say "removing $1, whose process is gone"
        rm -f "$1"
    fi
}

install_missing() {
    packages=
    for pair in dockerd:docker.io iptables:iptables debootstrap:debootstrap; do
        command -v "${pair%%:*}" >/dev/null || packages="$packages ${pair#*:}"
    done
    [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || packages="$packages debian-archive-keyring"
    [ -n "$packages" ] || return 0
    command -v apt-get >/dev/null || fail "no Docker Engine here, and no apt-get to install$packages" \
        "https://docs.docker.com/engine/install/"
    say "installing$packages (a minute)"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
}

start() {
    if [ -d /run/systemd/system ]; then
        say "starting it: systemctl start docker"
        systemctl start docker
        return
    fi
    if runs /var/run/docker.pid dockerd; then
        say "dockerd runs already and does not answer yet"
        return
    fi
    forget_dead /var/run/docker.pid dockerd
    forget_dead /var/run/docker/containerd/containerd.pid containerd
    say "starting it: dockerd, which writes to $log"
    setsid dockerd >"$log" 2>&1 </dev/null &
}

[ -x .venv/bin/python ] || fail "there is no .venv yet" "make setup"
status=0
answers || status=$?
[ "$status" -ne 0 ] || exit 0
[ "$status" -ne 3 ] || fail "this user may not talk to the Docker Engine" \
    "sudo usermod -aG docker $(id -un)   (then log in again)"
[ -z "${DOCKER_HOST:-}" ] || fail "DOCKER_HOST is $DOCKER_HOST, and no Docker Engine answers there" "unset DOCKER_HOST"
[ "$(id -u)" -eq 0 ] || fail "no Docker Engine answers, and installing or starting one needs root" "sudo make engine"

say "no Docker Engine answers"
install_missing
# Where services may start, the installation has started it.
answers && exit 0
start
waited=0
until answers; do
    if [ "$waited" -ge "$wait_s" ]; then
        [ ! -f "$log" ] || tail -n 15 "$log" >&2
        fail "the Docker Engine does not answer after $wait_s s"
    fi
    sleep 1
    waited=$((waited + 1))
done
