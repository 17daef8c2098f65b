#!/bin/sh
# Plants every fault of faults.txt, one at a time, in a copy of the tree, and runs the stages of make test until one fails.
#     sh tests/faults/run.sh [FAULT…]     STAGES="unit expected" chooses the stages, WORK the place of the copy
# A fault that no stage notices, or that is no longer found in its file, makes the exit status 1.
cd "$(dirname "$0")/../.." || exit 1
here=$PWD
stages=${STAGES:-unit expected golden broken cli watch images guests}
work=${WORK:-$(mktemp -d)}
list() { awk -v mode="$1" -v want="$2" -f "$here/tests/faults/plant.awk" "$here/tests/faults/faults.txt"; }

mkdir -p "$work/tree" && tar c --exclude=./.git --exclude=./build . | tar x -C "$work/tree" && cd "$work/tree" || exit 1
make build/isolde unit >"$work/make" 2>&1 || { cat "$work/make"; exit 1; }
# Golden files are those of this tree; a stage notices a fault if it fails otherwise than without one.
sh tests/golden.sh --update >"$work/log" 2>&1
sh tests/broken.sh --update >"$work/log" 2>&1
notices() # STAGE FILE: runs it, and leaves what failed in FILE
{
	timeout 900 sh tests/run.sh "$1" >"$work/log" 2>&1
	grep -E 'FAIL|CRASH|internal error' "$work/log" | sed 's/ ([0-9.]*s)$//' | sort -u >"$2"
}
names=${*:-$(list list -)}
case $names in *rv64-*) rv64="rv64 golden" ;; *) rv64= ;; esac
for s in $stages $rv64; do
	notices "$s" "$work/without-$s"
	if grep -q 'FAIL' "$work/without-$s"; then
		echo "stage $s fails without a fault:"
		cat "$work/without-$s"
	fi
done

caught=0
missed=0
plant() # FAULT: 0 if planted
{
	file=$(list file "$1")
	list old "$1" >"$work/old"
	list new "$1" >"$work/new"
	cp "$file" "$work/original"
	OLD=$work/old NEW=$work/new perl -0777 -pi -e '
		BEGIN { local $/; open F, "<", $ENV{OLD}; $o = <F>; open F, "<", $ENV{NEW}; $n = <F>; s{\n\z}{} for $o, $n; }
		$c = () = /\Q$o\E/g; s/\Q$o\E/$n/ if $c == 1' "$file"
	! cmp -s "$file" "$work/original"
}

try() # FAULT
{
	plant "$1" || { echo "$1: STALE: its text is not found once in $file"; missed=$((missed + 1)); return; }
	by=
	built=
	# the machine of a fault in rv64/ is looked at by its own stage and its golden file
	these=$stages
	case $file in isa-specs/rv64*) these="rv64 golden" ;; esac
	for s in $these; do
		[ -z "$by" ] || break
		# the unit tests are built first: what they notice needs no program
		target=build/isolde
		[ "$s" != unit ] || target=unit
		if [ "$built" != $target ] && ! make -j2 $target >"$work/make" 2>&1; then
			by="the compiler ($(grep -m 1 -o 'error: .*' "$work/make"))"
			break
		fi
		built=$target
		notices "$s" "$work/with"
		cmp -s "$work/without-$s" "$work/with" ||
			by="$s ($(diff "$work/without-$s" "$work/with" | grep -m 1 '^>' | cut -c 3-90))"
	done
	cp "$work/original" "$file"
	if [ -n "$by" ]; then
		caught=$((caught + 1))
		echo "$1: caught by $by"
	else
		missed=$((missed + 1))
		echo "$1: NOT CAUGHT"
	fi
}

for f in $names; do
	try "$f"
done
[ -n "${WORK:-}" ] || rm -rf "$work"
echo "$caught faults caught, $missed not"
[ "$missed" = 0 ]
