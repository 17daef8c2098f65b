#!/bin/sh
# The MC68000's guests: system calls, a timer and a privileged instruction, bare and under monitors; MOVE from SR, which shows the
# monitor on the 68000 and does not on the 68010.
cd "$(dirname "$0")/.." && . tests/lib.sh
guests=emulator/guests/m68k

# prints NAME SPEC GUEST WANTED OPTIONS…
prints()
{
	name=$1 spec=$2 guest=$3
	printf '%s' "$4" >"$TMP/wanted"
	shift 4
	timeout 60 build/isolde run "isa-specs/$spec.yaml" "$guests/$guest.s" --limit 1M "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
	code=$?
	if [ $code = 0 ]; then pass; else fail "$name: exit status $code" "$TMP/err"; fi
	same "$name" "$TMP/wanted" "$TMP/out"
}

first='user
tick
refused
'
prints bare m68000 first "$first"
prints walk m68000 first "$first" --engine walk
for monitor in interpret trap-and-emulate hybrid; do
	prints "$monitor" m68000 first "$first" --monitor $monitor
	timeout 60 build/isolde run isa-specs/m68000.yaml $guests/first.s --limit 1M --monitor $monitor --lockstep </dev/null >"$TMP/out" 2>&1
	if grep -q 'lockstep: no difference' "$TMP/out"; then pass; else fail "$monitor: not in step" "$TMP/out"; fi
done
# Exceptions out of exceptions, to the double fault, which nothing wakes: exit status 3.
for options in "" "--engine walk" "--monitor interpret"; do
	timeout 60 build/isolde run isa-specs/m68000.yaml $guests/exceptions.s --limit 10K $options </dev/null >"$TMP/out" 2>"$TMP/err"
	status "exceptions $options" 3 $?
	printf THTE >"$TMP/wanted"
	same "exceptions $options" "$TMP/wanted" "$TMP/out"
	if grep -q 'nothing can wake it' "$TMP/err"; then pass; else fail "exceptions $options: not halted" "$TMP/err"; fi
done
timeout 60 build/isolde run isa-specs/m68000.yaml $guests/exceptions.s --limit 10K --monitor hybrid --lockstep </dev/null >"$TMP/out" 2>&1
if grep -q 'lockstep: no difference' "$TMP/out"; then pass; else fail "exceptions: not in step" "$TMP/out"; fi
prints critical-bare m68000 critical S
prints critical-direct m68000 critical U --monitor trap-and-emulate
prints critical-hybrid m68000 critical S --monitor hybrid
prints critical-68010 m68010 critical S --monitor trap-and-emulate
finish
