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

# The processor's own clock.
os=$guest guest=emulator/guests/pdp10/clock.s
cp "$TMP/wanted" "$TMP/os"
printf ... >"$TMP/wanted"
prints clock --engine walk
prints clock-hybrid --monitor hybrid
run --monitor hybrid --lockstep
says clock-lockstep 'lockstep: no difference'
guest=$os

# Two side by side, the second of which is not at 0: jobs are executed directly in both. A monitor that leaves the jobs' relocation as it is finds
# nothing there to execute; what they print is right all the same, for what traps is interpreted.
beside() # OPTIONS…
{
	run $guest --memory 64K --monitor hybrid --guard --format json --engine walk "$@"
	jq -j '.machines[] | .console' "$TMP/out" >"$TMP/consoles" 2>"$TMP/err"
	same beside "$TMP/twice" "$TMP/consoles"
	direct=$(jq '[.machines[].efficiency.direct] | min' "$TMP/out")
}
cat "$TMP/os" "$TMP/os" >"$TMP/twice"
beside
if [ "${direct:-0}" -gt 300 ]; then pass; else fail "beside: only ${direct:-0} instructions directly" "$TMP/out"; fi
cat >"$TMP/wrong.yaml" <<END
kind: variation
name: pdp10-wrong
composition:
  relocate(level, base, size): |
    if (level == Level::exec) { PR.PL = size[0:7] - 1; PR.PH = 0; PR.RL = base[0:7]; PR.RH = 0o377; }
END
beside --overlay "$TMP/wrong.yaml"
if [ "${direct:-0}" -lt 300 ]; then pass; else fail "a wrong composition is not seen" "$TMP/out"; fi
# The machine below has a clock too, which ticks while a guest runs: nobody's violation.
printf '\t.org 0x40\n\t.entry start\nstart:\tjrst 0, start(0)\n' >"$TMP/loop.s"
timeout 60 build/isolde run isa-specs/pdp10.yaml "$TMP/loop.s" --monitor trap-and-emulate --lockstep --limit 20K >"$TMP/out" 2>&1 </dev/null
if grep -q 'no difference in 20,000 steps' "$TMP/out"; then pass; else fail 'the clock below' "$TMP/out"; fi
finish
