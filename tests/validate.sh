#!/bin/sh
# isolde validate: oracles that are absent say so and compare nothing; where an oracle is, a sample without a difference, and a planted fault
# that it must find.
cd "$(dirname "$0")/.." && . tests/lib.sh

expect() # WHAT STATUS PATTERN COMMAND…
{
	what=$1 status=$2 pattern=$3
	shift 3
	timeout 300 "$@" >"$TMP/out" 2>"$TMP/err"
	code=$?
	if [ $code = "$status" ] && grep -q "$pattern" "$TMP/out"; then
		pass
	else
		cat "$TMP/err" >>"$TMP/out"
		fail "$what: exit status $code, not $status, or no '$pattern'" "$TMP/out"
	fi
}

expect listed 0 '^kvm  *\(present\|absent: .\)' build/isolde validate
expect refused 3 '^g3 against kvm: 0 steps compared: ' build/isolde validate isa-specs/g3.yaml --oracle kvm
timeout 60 build/isolde validate isa-specs/g3.yaml --oracle nothing >"$TMP/out" 2>&1
[ $? = 2 ] && pass || fail "an oracle that there is not" "$TMP/out"

cat >"$TMP/wrong.yaml" <<'END'
kind: variation
name: x86-32
of: x86-32
instructions: {clc: {"operation()": "EFLAGS.CF = 1;"}}
END
# The processor itself, in ring 3.
if build/isolde validate | grep -q '^host  *present'; then
	for isa in x86-32 x86-64; do
		expect "host-$isa" 0 "$isa against host: [12][0-9]* steps compared" build/isolde validate isa-specs/$isa.yaml --oracle host --steps 2500
	done
	expect host-fault 1 'clc' build/isolde validate isa-specs/x86-32.yaml --overlay "$TMP/wrong.yaml" --oracle host --steps 40 --instruction clc --quiet
else
	echo "host: $(build/isolde validate | grep '^host')"
fi
if build/isolde validate | grep -q '^kvm  *present'; then
	for i in add_rm_r sbb_r_rm shl_cl imul_r_rm div_rm push_rm setcc lea movzx; do
		expect "kvm-$i" 0 ' 0 different' build/isolde validate isa-specs/x86-32.yaml --oracle kvm --steps 60 --instruction $i
	done
	expect kvm-fault 1 'clc' build/isolde validate isa-specs/x86-32.yaml --overlay "$TMP/wrong.yaml" --oracle kvm --steps 40 --instruction clc --quiet
else
	echo "kvm: $(build/isolde validate | grep '^kvm')"
fi

# The machine's side of m68000, m68010 and rv64, which qemu's system emulators have. Seeds from 1 on.
forgets() # ISA INSTRUCTION OPERATION: a description in which the instruction does only that
{
	printf 'kind: variation\nname: %s\nof: %s\ninstructions:\n  %s:\n    operation(): |\n      %s\n' "$1" "$1" "$2" "$3" >"$TMP/$1.yaml"
	expect "qemu-fault-$1" 1 "^  $2 " build/isolde validate "isa-specs/$1.yaml" --overlay "$TMP/$1.yaml" --oracle qemu --steps 60 --instruction "$2" --quiet
}
known() # WHAT STATUS PATTERN ISA INSTRUCTION KEYS: of a file with one known difference
{
	printf -- '- {isa: %s, %s, section: x, why: y}\n' "$4" "$6" >"$TMP/known.yaml"
	timeout 100 build/isolde validate "isa-specs/$4.yaml" --oracle qemu --explained "$TMP/known.yaml" --steps 40 --instruction "$5" --quiet >"$TMP/out" 2>&1
	[ $? = "$2" ] && grep -q "$3" "$TMP/out" && pass || fail "$1" "$TMP/out"
}
# System state of x86-32; and what x86-64 once got wrong: a register that is compared in vain keeps its upper half.
cat >"$TMP/selector.yaml" <<'END'
kind: variation
name: x86-32
of: x86-32
instructions: {str: {"operation()": "check_descriptor_stores(); dst.write(LDTR.selector);"}}
END
cat >"$TMP/writes.yaml" <<'END'
kind: variation
name: x86-64
of: x86-64
instructions:
  cmpxchg:
    operation(): |
      check_lock(lock, dst.in_memory());
      Word value = dst.read();
      Word other = src.read();
      Word accumulator = register(dst.size(), 0);
      subtract_flags(dst.size(), accumulator, value, 0);
      dst.write(accumulator == value ? other : value);
      if (accumulator != value) { set_register(dst.size(), 0, value); }
END
if build/isolde validate | grep -q '^qemu  *present'; then
	for isa in m68000 m68010 rv64; do
		expect "qemu-$isa" 0 "$isa against qemu: 1[0-9][0-9][0-9] steps compared" \
			build/isolde validate isa-specs/$isa.yaml --oracle qemu --steps 1500
	done
	for isa in x86-32 x86-64; do
		expect "qemu-$isa" 0 "$isa against qemu: 1[0-9]* steps compared" build/isolde validate isa-specs/$isa.yaml --oracle qemu --steps 1500
	done
	expect qemu-system-fault 1 'str' build/isolde validate isa-specs/x86-32.yaml --overlay "$TMP/selector.yaml" --oracle qemu --steps 20 --instruction str --quiet
	expect qemu-cmpxchg-fault 1 'cmpxchg' build/isolde validate isa-specs/x86-64.yaml --overlay "$TMP/writes.yaml" --oracle qemu --steps 150 --instruction cmpxchg --quiet
	expect qemu-csrs 0 'rv64 against qemu: 400 steps compared' build/isolde validate isa-specs/rv64.yaml --oracle qemu --steps 400 --instruction csrrw
	forgets m68000 ori_sr 'set_status(logic<16>(how, data, status()));'
	forgets m68010 movec_vbr 'supervisor_only();'
	forgets m68000 rts 'Bits<32> to = pop<32>(); A[7] = A[7] + to[0]; jump(to);' # wrong where it ends in an address error, which qemu does not have
	forgets m68010 trapv 'if (SR.V == 1) { raise(Cause::TrapV, $pc); }'         # … and in a frame, which is another one in qemu
	forgets x86-32 lods 'raise(Cause::GP_limit, src.address());' # limits, which qemu does not look at
	forgets x86-64 ret_far 'if (CPL == Level::ring3) { raise(Cause::PF_U, R[4]); } else { return_far(operand.size(), 2, 0, false); }' # … nor at who reads there
	forgets x86-64 cmps 'if (CPL != Level::ring3) { raise(Cause::PF, 0); }'
	forgets rv64 sfence.vma 'if (mode() == Level::U) { illegal($encoding); }'
	known "a condition that means nothing" 4 'known.yaml:1:[0-9]*:.*axe' m68000 unlk 'instructions: unlk, when: "axe == 7"'
	known "a condition that changes something" 4 'known.yaml:1:[0-9]*:.*changes nothing' x86-32 bswap 'instructions: bswap, when: "deliver(8'\''d0, false, false, 16'\''d0, R[1], 1'\''d0) == 0"'
	known "the difference that an operand's size explains" 0 '^x86-32 against' x86-32 bswap 'instructions: bswap, components: R, when: "dst.size() == 1"'
	known "… and does not" 1 '^x86-32 against' x86-32 bswap 'instructions: bswap, components: R, when: "dst.size() == 2"'
	known "… nor does another element" 1 '^x86-32 against' x86-32 bswap 'instructions: bswap, components: "R[4]"'
	printf 'kind: variation\nname: m68000\nof: m68000\nstate: {MORE: {type: Bits<1>, role: control}}\n' >"$TMP/more.yaml"
	known "a variation with another state" 4 'known.yaml:1:[0-9]*:.*state' m68000 unlk 'instead: more.yaml'
	known "a variation that is not there" 4 'none.yaml' m68000 unlk 'instead: none.yaml'
	known "encodings that an instruction has" 4 'known.yaml:1:[0-9]*:.*which' m68000 unlk 'instructions: unlk, encodings: "----------------"'
else
	fail "qemu: $(build/isolde validate | grep '^qemu')" /dev/null
fi
finish
