#!/bin/sh
# make fresh: the last commit, built and tested in a Debian 12 on which nothing was ever installed by hand.
# fresh.sh [demo] [test]: only that. Needs root. The tree lies under TMPDIR (about 2 GB) and is removed in any case.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- demo test
for target; do
	case $target in demo | test) ;; *) echo "usage: fresh.sh [demo] [test]" >&2; exit 2 ;; esac
done
[ "$(id -u)" = 0 ] || { echo "fresh: needs root, for chroot" >&2; exit 2; }

suite=bookworm
work=$(mktemp -d)
tree=$work/tree
start=$(date +%s)

say()
{
	printf 'fresh: %4d s  %s\n' $(($(date +%s) - start)) "$*"
}

# A mount that is still there would be emptied with the tree: then it stays, and we say so.
clean_up()
{
	awk -v t="$work/" 'index($5, t) == 1 {print $5}' /proc/self/mountinfo | sort -r | while read -r m; do umount -l "$m" || true; done
	if awk -v t="$work/" 'index($5, t) == 1 {found = 1} END {exit !found}' /proc/self/mountinfo; then
		echo "fresh: something is still mounted below $work, which is left there" >&2
	else
		rm -rf --one-file-system "$work"
	fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What is mounted and started goes away with the command, if namespaces are allowed.
alone=
if unshare --mount --pid --fork --kill-child true 2>/dev/null; then
	alone="unshare --mount --pid --fork --kill-child --propagation private"
else
	say "no namespaces here: mounts are undone at the end"
fi

# inside COMMAND...: in the tree, with /proc, terminals, and nothing of this machine's environment but its proxy and where its certificates are
inside()
{
	# shellcheck disable=SC2086,SC2016
	$alone sh -c 'mountpoint -q "$0/proc" || mount -t proc proc "$0/proc" || echo "fresh: no /proc in the tree" >&2
		mountpoint -q "$0/dev/pts" || mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" || echo "fresh: no terminals in the tree" >&2
		exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} ${no_proxy:+"no_proxy=$no_proxy"} \
			${NODE_EXTRA_CA_CERTS:+"NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS"} "$@"' \
		"$tree" "$@"
}

# Debian's archives as this machine's apt knows them: origin, suite, component, address.
archives()
{
	apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		awk -v s=$suite '$1 == "Debian" && $3 == "main" && ($2 == s || $2 == s "-updates" || $2 == s "-security") {print $2, $4}' | sort -u
}

if ! command -v debootstrap >/dev/null || [ -z "$(archives)" ]; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
mirror=$(archives | awk -v s=$suite '$1 == s {print $2; exit}')
[ -n "$mirror" ] || { echo "fresh: this machine's apt knows no archive of Debian $suite" >&2; exit 2; }

commit=$(git rev-parse --short HEAD)
[ -z "$(git status --porcelain)" ] || say "what is not committed is not tested"
say "Debian $suite (minbase), git, gcc, make, ca-certificates"
# shellcheck disable=SC2086
$alone debootstrap --variant=minbase --include=git,gcc,make,ca-certificates "$suite" "$tree" "$mirror" >"$work/debootstrap.log" 2>&1 || {
	tail -n 20 "$work/debootstrap.log" >&2
	[ ! -e "$tree/debootstrap/debootstrap.log" ] || tail -n 20 "$tree/debootstrap/debootstrap.log" >&2
	echo "fresh: debootstrap failed" >&2
	exit 1
}
# The tree reaches the archive and the registry in the way this machine does.
archives | while read -r name address; do echo "deb $address $name main"; done >"$tree/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(Check-|Retries|[A-Za-z]+::.*(Proxy|Verify|CaInfo|Pipeline))' >"$tree/etc/apt/apt.conf.d/99host" || true
for f in hosts resolv.conf; do
	[ ! -e /etc/$f ] || cat /etc/$f >"$tree/etc/$f"
done
for f in /usr/local/share/ca-certificates/*.crt; do
	[ ! -e "$f" ] || cp "$f" "$tree/usr/local/share/ca-certificates/"
done
inside update-ca-certificates >/dev/null 2>&1
before=$(inside dpkg-query -W | wc -l)

say "clone of $commit"
git bundle create -q "$tree/root/isolde.bundle" HEAD
inside git -c advice.detachedHead=false clone -q /root/isolde.bundle /root/isolde

status=0
for target; do
	say "make $target"
	if inside make -C /root/isolde --no-print-directory "$target" >"$work/$target.log" 2>&1; then
		say "make $target: passed; $(tail -n 1 "$work/$target.log")"
	else
		say "make $target: FAILED"
		grep -n -E '^(FAILED|== |[0-9]+ passed)|[Ee]rror' "$work/$target.log" | head -n "${SHOWN:-40}" | sed 's/^/    /'
		echo "    ..."
		tail -n "${SHOWN:-40}" "$work/$target.log" | sed 's/^/    /'
		status=1
	fi
done
say "$before packages in the tree before, $(inside dpkg-query -W | wc -l) after"
exit $status
