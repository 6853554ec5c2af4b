#!/bin/sh
# Make .venv: a virtual environment with the pinned development tools and this checkout in it. PYTHON=... chooses the
# interpreter; without it the first Python of at least 3.11 is taken.
set -eu
cd "$(dirname "$0")/../.."

say() { echo "setup: $*"; }
fail() {
    say "$1"
    echo "hint: $2"
    exit 1
} >&2

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if is_recent "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "no Python of at least 3.11 found" "PYTHON=/path/to/python3.12 make setup"

# Debian and Ubuntu leave the part of Python out that makes virtual environments.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    command -v apt-get >/dev/null || fail "$python cannot make virtual environments" "install its module ensurepip"
    install="apt-get update && apt-get install -y --no-install-recommends $package"
    [ "$(id -u)" -eq 0 ] || fail "$python cannot make virtual environments" "sudo sh -c '$install'"
    say "installing $package"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
fi

if ! .venv/bin/python -c 'import pip' 2>/dev/null || ! is_recent .venv/bin/python; then
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
say "installing $(grep -c == requirements-dev.lock) pinned packages (up to a minute)"
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
say "done: .venv/bin/grader --help"
