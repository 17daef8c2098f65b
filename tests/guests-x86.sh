#!/bin/sh
# The x86 guests: an operating system in 32-bit protected mode, bare, and under monitors that see what goes on. Under trap-and-emulate its kernel is told
# of the monitor's machine, and lockstep names the first instruction that tells it; hybrid and patched, all is as on the bare machine. The curious
# guest has one such instruction in a user program: hybrid does not save it.
cd "$(dirname "$0")/.." && . tests/lib.sh
guests=build/guests/x86
XDG_CACHE_HOME=$PWD/build/engines-cache # where stage engines has compiled the description; it is classified once
export XDG_CACHE_HOME

# run OUTPUT GUEST OPTION…: to be switched off with 0
run()
{
	out=$1 guest=$2
	shift 2
	timeout 120 build/isolde run isa-specs/x86-32.yaml $guests/$guest.elf --limit 3M "$@" >"$TMP/$out" 2>"$TMP/$out.err" </dev/null
	status "$out" 0 $?
	grep -q 'switched off with 0' "$TMP/$out.err" || fail "$out: not switched off" "$TMP/$out.err"
}

# the console is the bare machine's
equal() # OUTPUT GUEST OPTION…
{
	run "$@"
	same "$1" "$TMP/$2" "$TMP/$1"
}

# step OUTPUT STATUS PATTERN GUEST OPTION…: lockstep, and what it says
step()
{
	out=$1 wanted=$2 pattern=$3 guest=$4
	shift 4
	timeout 120 build/isolde run isa-specs/x86-32.yaml $guests/$guest.elf --limit 3M --lockstep "$@" >"$TMP/$out" 2>&1 </dev/null
	status "$out" "$wanted" $?
	if grep -q "$pattern" "$TMP/$out"; then pass; else fail "$out: no '$pattern'" "$TMP/$out"; fi
}

run os os
same console tests/guests/x86-console.txt "$TMP/os"
equal walk os --engine walk
run curious curious

# the kernel's view, and nothing else, changes
for scenario in ring3 rings; do
	run direct-$scenario os --scenario $scenario --monitor trap-and-emulate
	sed 1d "$TMP/direct-$scenario" >"$TMP/rest"
	sed 1d "$TMP/os" >"$TMP/wanted"
	same direct-$scenario "$TMP/wanted" "$TMP/rest"
done
head -n 1 "$TMP/direct-ring3" >"$TMP/seen"
head -n 1 "$TMP/direct-rings" >>"$TMP/seen"
same seen tests/guests/x86-seen.txt "$TMP/seen"
step step-ring3 1 'mov e.., cs' os --monitor trap-and-emulate
step step-rings 1 'mov e.., cs' os --monitor trap-and-emulate --scenario rings

for technique in interpret hybrid patch; do
	equal $technique os --monitor $technique
done
equal hybrid-rings os --monitor hybrid --scenario rings
equal nested os --monitor hybrid --depth 2
step step-hybrid 0 'lockstep: no difference' os --monitor hybrid
step step-patch 0 'lockstep: no difference' os --monitor patch

step curious-hybrid 1 'pushf' curious --monitor hybrid
equal curious-patch curious --monitor patch
finish
