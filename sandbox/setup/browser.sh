#!/bin/sh
# Make Chromium available, in which tests/browser looks at pages: one that is there is used as it is; else root gets the
# distribution's package. (Playwright's own browsers come from no package registry.)
set -eu

say() { echo "browser: $*"; }
fail() {
    say "$1"
    echo "hint: $2"
    exit 1
} >&2

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        say "$name is there"
        exit 0
    fi
done
command -v apt-get >/dev/null || fail "no Chromium here, and no apt-get to install it" "install Chromium"
[ "$(id -u)" -eq 0 ] || fail "no Chromium here, and installing it needs root" "sudo apt-get install chromium"
say "installing chromium (a minute)"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
say "chromium is there"
