#!/bin/sh
# The x86 guests: one operating system for protected mode and for 64-bit mode, bare, and under monitors that see what goes on. Under trap-and-emulate its
# kernel is told of the monitor's machine, and lockstep names the first instruction that tells it; hybrid and patched, all is as on the bare machine. The
# curious guest has one such instruction in a user program: hybrid does not save it.
cd "$(dirname "$0")/.." && . tests/lib.sh
XDG_CACHE_HOME=$PWD/build/engines-cache # where stage engines has compiled the descriptions; they are classified once
export XDG_CACHE_HOME

# run OUTPUT GUEST OPTION…: to be switched off with 0
run()
{
	out=$isa-$1 guest=$2
	shift 2
	timeout 120 build/isolde run isa-specs/$isa.yaml build/guests/$isa/$guest.elf --limit 3M "$@" >"$TMP/$out" 2>"$TMP/$out.err" </dev/null
	status "$out" 0 $?
	grep -q 'switched off with 0' "$TMP/$out.err" || fail "$out: not switched off" "$TMP/$out.err"
}

# the console is the bare machine's
equal() # OUTPUT GUEST OPTION…
{
	run "$@"
	same "$isa-$1" "$TMP/$isa-$2" "$TMP/$isa-$1"
}

# step OUTPUT STATUS PATTERN GUEST OPTION…: lockstep, and what it says
step()
{
	out=$isa-$1 wanted=$2 pattern=$3 guest=$4
	shift 4
	timeout 120 build/isolde run isa-specs/$isa.yaml build/guests/$isa/$guest.elf --limit 3M --lockstep "$@" >"$TMP/$out" 2>&1 </dev/null
	status "$out" "$wanted" $?
	if grep -q "$pattern" "$TMP/$out"; then pass; else fail "$out: no '$pattern'" "$TMP/$out"; fi
}

# direct SCENARIO…: the kernel's view, and nothing else, changes
direct()
{
	sed 1d "$TMP/$isa-os" >"$TMP/wanted"
	for scenario; do
		run direct-$scenario os --scenario $scenario --monitor trap-and-emulate
		sed 1d "$TMP/$isa-direct-$scenario" >"$TMP/rest"
		same $isa-direct-$scenario "$TMP/wanted" "$TMP/rest"
		head -n 1 "$TMP/$isa-direct-$scenario" >>"$TMP/$isa-seen"
		step step-$scenario 1 'mov e.., cs' os --monitor trap-and-emulate --scenario $scenario
	done
	same $isa-seen tests/guests/$isa-seen.txt "$TMP/$isa-seen"
}

# What both machines do. SCENARIO…
machine()
{
	run os os
	same $isa-console tests/guests/$isa-console.txt "$TMP/$isa-os"
	equal walk os --engine walk
	run curious curious
	direct "$@"
	step step-hybrid 0 'lockstep: no difference' os --monitor hybrid
	step step-patch 0 'lockstep: no difference' os --monitor patch
	step curious-hybrid 1 'pushf' curious --monitor hybrid
	equal curious-patch curious --monitor patch
}

isa=x86-32
machine ring3 rings
for technique in interpret hybrid patch; do
	equal $technique os --monitor $technique
done
equal hybrid-rings os --monitor hybrid --scenario rings
equal nested os --monitor hybrid --depth 2

isa=x86-64
machine umip open
equal nested os --monitor patch --depth 2

# A null selector is loaded without a trap: in protected mode a monitor's machine has then other relocation, in 64-bit mode it has not.
null() # ISA STATUS PATTERN OPTION…
{
	spec=$1 wanted=$2 pattern=$3
	shift 3
	timeout 120 build/isolde run isa-specs/$spec.yaml emulator/guests/x86/null.s --engine walk --limit 100 "$@" >"$TMP/out" 2>&1 </dev/null
	status "null $spec $*" "$wanted" $?
	if grep -q "$pattern" "$TMP/out"; then pass; else fail "null $spec $*: no '$pattern'" "$TMP/out"; fi
}
null x86-32 0 'switched off with 0'
null x86-32 1 'direct execution changed CACHE.present' --monitor trap-and-emulate
null x86-32 1 'mov es, eax' --monitor trap-and-emulate --lockstep
null x86-32 1 '^isolde: cannot go on: resource control: direct execution changed CACHE.present' --monitor trap-and-emulate --lockstep
null x86-32 1 'violated 1 times, first: resource control: direct execution changed CACHE.present' --monitor trap-and-emulate --lockstep --quiet
null x86-32 0 'lockstep: no difference in 4 steps' --monitor patch --lockstep
null x86-64 0 'lockstep: no difference in 4 steps' --monitor trap-and-emulate --lockstep

# What single steps against an oracle do not reach in transfers between levels: the program checks itself.
for bits in 32 64; do
	for technique in "--engine walk" "--engine native" "--monitor hybrid --lockstep"; do
		timeout 120 build/isolde run isa-specs/x86-$bits.yaml emulator/guests/x86/transfers-$bits.s --limit 200 $technique >"$TMP/out" 2>&1 </dev/null
		status "transfers-$bits $technique" 0 $?
		if grep -q 'switched off with 0\|lockstep: no difference' "$TMP/out"; then pass; else fail "transfers-$bits $technique" "$TMP/out"; fi
	done
done
finish
