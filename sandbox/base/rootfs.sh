#!/bin/sh
# Write a minimal Debian root file system as a tar to standard output: what the base image is built from where no
# container registry answers. Usage: rootfs.sh SUITE. Needs root and debootstrap; says on standard error what it does.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

suite=$1
# Not below /tmp, which many hosts mount so that no program in it can be run.
root=$(mktemp -d /var/tmp/rootfs.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' HUP INT TERM

# Without the archive's keys debootstrap would only warn, and then install whatever the network gave it.
debootstrap --variant=minbase --force-check-gpg "$suite" "$root" >&2

# The mirror is the one that debootstrap knows; its two companions bring what was fixed since the release.
mirror=$(awk '$1 == "deb" { print $2; exit }' "$root/etc/apt/sources.list")
cat >"$root/etc/apt/sources.list" <<EOF
deb $mirror $suite main
deb $mirror $suite-updates main
deb $mirror-security $suite-security main
EOF

# Later installations into the image follow the same rule as the clean-up below.
cat >"$root/etc/dpkg/dpkg.cfg.d/slim" <<EOF
path-exclude /usr/share/doc/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
EOF
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get update >&2
chroot "$root" apt-get dist-upgrade -y --no-install-recommends >&2

# What belongs to this machine or can be fetched again has no place in an image.
rm -rf "$root"/usr/share/doc/* "$root"/usr/share/info/* "$root"/usr/share/locale/* "$root"/usr/share/man/* \
    "$root"/var/cache/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/tmp/* "$root"/dev/*
rm -f "$root/etc/resolv.conf" "$root/etc/hostname"
chmod 755 "$root"
tar --create --numeric-owner --sort=name --directory="$root" .
