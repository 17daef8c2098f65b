#!/bin/sh
# The PDP-10's guest: two jobs under a small monitor of their own, with calls, a timer and what is not allowed; bare and under our monitors. JRST 1 is where
# trap-and-emulate goes wrong.
cd "$(dirname "$0")/.." && . tests/lib.sh
guest=emulator/guests/pdp10/os.s
export XDG_CACHE_HOME="$TMP/cache" # the analysis is made once

run() # OPTIONS…
{
	timeout 120 build/isolde run isa-specs/pdp10.yaml $guest --limit 100K "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
}

# prints NAME OPTIONS…
prints()
{
	name=$1
	shift
	run "$@"
	code=$?
	if [ $code = 0 ]; then pass; else fail "$name: exit status $code" "$TMP/err"; fi
	same "$name" "$TMP/wanted" "$TMP/out"
}

# says NAME PATTERN: of the last run
says()
{
	if grep -q "$2" "$TMP/out"; then pass; else fail "$1: no '$2'" "$TMP/out"; fi
}

printf 'aababbabarefused\nprotected\n' >"$TMP/wanted"
prints bare
prints walk --engine walk
for monitor in interpret hybrid patch; do
	prints $monitor --monitor $monitor
	run --monitor $monitor --lockstep
	says $monitor-lockstep 'lockstep: no difference'
done
run --monitor trap-and-emulate --lockstep
says difference 'after 12 equal steps'
says jrst '^  after the instruction at 0x20c: jrst 1, '
says mode '^  USER  *bare 0x0  *virtual 0x1$'
says critical 'says of it: critical, sensitive: control, mode'
run --monitor trap-and-emulate
if cmp -s "$TMP/out" "$TMP/wanted"; then fail "trap-and-emulate does not go wrong"; else pass; fi
finish
