#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs what is missing for building, running or testing Inkan on Debian 12, and lists it all:
#   conf/deps.sh list | build | run | test | bench [...]
# Needs root and the package registry. Services that packages bring are neither started nor enabled:
# Inkan starts its own, as ordinary processes. What was installed before is left as it is.
set -eu

BUILD="gcc libc6-dev make pkg-config libglib2.0-dev libetpan-dev libfcgi-dev libgmime-3.0-dev libssl-dev libsodium-dev
libjansson-dev libunbound-dev libcurl4-gnutls-dev libgumbo-dev libpsl-dev libidn2-dev libsqlite3-dev libseccomp-dev librsvg2-dev libxml2-dev libicu-dev librnp-dev
zlib1g-dev"
RUN="ca-certificates gpg gpg-agent dns-root-data publicsuffix openssl python3 python3-dkim python3-nacl python3-cryptography
dovecot-imapd knot knot-dnsutils knot-dnssecutils nginx-light iproute2"
TEST="libcmocka-dev rnp sq clang llvm libclang-rt-14-dev clang-format clang-tidy cppcheck python3-dnspython
python3-authres gpgsm gpg-agent libmail-dkim-perl libopendkim-dev rspamd python3-jsonschema procps curl git libxml2-utils chromium fonts-noto-cjk apache2-bin unzip"
# Verifiers that `make bench` measures beside Inkan, besides those of the tests.
BENCH="python3-spf libmail-spf-perl libnet-dns-perl"

case ${1:-} in
list)
    printf 'build: %s\nrun:   %s\ntest:  %s nodejs npm (only if missing)\nbench: %s\n' \
        "$(echo $BUILD)" "$(echo $RUN)" "$(echo $TEST)" "$(echo $BENCH)"
    exit 0
    ;;
esac

wanted=
for purpose in "$@"; do
    case $purpose in
    build) wanted="$wanted $BUILD" ;;
    run) wanted="$wanted $RUN" ;;
    bench) wanted="$wanted $BENCH" ;;
    test)
        wanted="$wanted $TEST"
        command -v node >/dev/null || wanted="$wanted nodejs"
        command -v npm >/dev/null || wanted="$wanted npm"
        ;;
    *)
        echo "conf/deps.sh: list, build, run, test or bench, not \"$purpose\"" >&2
        exit 2
        ;;
    esac
done

missing=
for package in $wanted; do
    case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

[ "$(id -u)" = 0 ] || {
    echo "These packages are missing, and only root can install them:$missing" >&2
    exit 1
}
. /etc/os-release
[ "${VERSION_ID:-}" = 12 ] || echo "Note: Inkan is built and tested on Debian 12; this is ${PRETTY_NAME:-something else}." >&2

echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0"

# invoke-rc.d asks this file before it starts anything; an administrator's own is left alone.
policy=/usr/sbin/policy-rc.d
ours=
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    ours=yes
fi
trap '[ -z "$ours" ] || rm -f $policy' EXIT INT TERM

units_before=$(ls /etc/systemd/system/multi-user.target.wants 2>/dev/null || true)
$apt update >/dev/null || $apt update
$apt install --no-install-recommends $missing
for unit in dovecot.service nginx.service knot.service rspamd.service; do
    case " $units_before " in *"$unit"*) continue ;; esac
    if [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ]; then
        deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true
        update-rc.d "${unit%.service}" disable >/dev/null 2>&1 || true
    fi
done
