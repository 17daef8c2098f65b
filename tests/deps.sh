#!/bin/sh
# Installs what is missing, on Debian 12: what building and the demo need, with `test` what the tests and guests need too.
# Does nothing where everything is there.
set -eu
needed="libyaml-dev libz3-dev libjansson-dev libmd-dev libelf-dev libpcap0.8-dev libedit-dev libtcc-dev z3 jq pkg-config"
if [ "${1-}" = test ]; then
	needed="$needed libcriterion-dev python3-yaml python3-jsonschema gcc-riscv64-linux-gnu device-tree-compiler opensbi gdb-multiarch patch"
	needed="$needed cadical cvc5 qemu-system-misc qemu-system-x86 libunicorn-dev simh"
	needed="$needed chromium libxml2-utils"
	command -v npm >/dev/null || needed="$needed nodejs npm"
fi
missing=
for p in $needed; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
