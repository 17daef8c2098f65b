#!/bin/sh
# The sanitizers see nothing in whole runs of the program, and it says the same as the release build.
cd "$(dirname "$0")/.." && . tests/lib.sh
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
compare() # NAME ARGUMENTS…
{
	name=$1
	shift
	build/isolde "$@" >"$TMP/release" 2>&1
	wanted=$?
	timeout 100 "${ISOLDE:-build/san/isolde}" "$@" >"$TMP/san" 2>&1
	status "$name" $wanted $?
	same "$name" "$TMP/release" "$TMP/san"
}
for file in isa-specs/g3.yaml isa-specs/g3/mfpi-any-previous.yaml tests/isas/*.yaml; do
	compare "check-$file" check "$file" --no-cache --format json
	compare "lint-$file" lint "$file"
done
for i in add sie lpsw spsw svc in out load; do
	compare "explain-$i" explain isa-specs/g3.yaml $i
done
compare explain-mfpi explain isa-specs/g3/mfpi-any-previous.yaml mfpi
compare cached check isa-specs/g3.yaml --cache "$TMP/cache" --jobs 2
compare cached-again check isa-specs/g3.yaml --cache "$TMP/cache"
compare ir ir isa-specs/g3.yaml
compare list list
compare man man
finish
