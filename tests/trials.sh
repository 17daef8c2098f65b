#!/bin/sh
# isolde validate --monitor: single steps from random states, on the bare machine and on a virtual one, beside what prove says of each square.
cd "$(dirname "$0")/.." && . tests/lib.sh

# trial NAME STATUS FILTER SPEC OPTION…: jq's FILTER, on the result, must be true
trial()
{
	name=$1 status=$2 filter=$3
	shift 3
	timeout 300 build/isolde validate "$@" --quiet --format json >"$TMP/out" 2>"$TMP/err"
	code=$?
	if [ $code = "$status" ] && jq -e "$filter" "$TMP/out" >/dev/null; then
		pass
	else
		cat "$TMP/err" >>"$TMP/out"
		fail "$name: exit status $code, not $status, or not: $filter" "$TMP/out"
	fi
}

# Nothing differs where a square is proved; some steps were executed directly, and some interpreted.
sound='all(.scenarios[]; .commuting.compared > 50 and .commuting.different == 0 and .direct > 20 and .interpreted > 50)'
# … and exactly these instructions are seen to differ where it is not.
differing() # INSTRUCTION…
{
	printf '%s and ([.scenarios[].instructions[] | select(.different > 0) | .instruction] | unique) == %s' "$sound" "$(printf '%s\n' "$@" | jq -R . | jq -cs 'sort')"
}

trial g3 0 "$sound and all(.scenarios[]; .others.compared == 0)" isa-specs/g3.yaml --monitor trap-and-emulate --steps 2000
trial g3-mfpi 0 "$(differing mfpi)" isa-specs/g3/mfpi.yaml --monitor trap-and-emulate --steps 400 --instruction mfpi
trial g3-sie-ignored 0 "$(differing sie)" isa-specs/g3/sie-ignored.yaml --monitor trap-and-emulate --steps 400 --instruction sie
trial g3-jrst1 0 "$(differing jrst1)" isa-specs/g3/jrst1.yaml --monitor trap-and-emulate --steps 400 --instruction jrst1
for technique in interpret hybrid; do
	trial "jrst1-$technique" 0 'all(.scenarios[]; .commuting.compared > 300 and .commuting.different == 0)' \
		isa-specs/g3/jrst1.yaml --monitor $technique --steps 400 --instruction jrst1
done
# A division by zero has done the postincrement of its operand: the monitor must not do it again.
trial m68010 0 "$sound" isa-specs/m68010.yaml --instruction divu --monitor trap-and-emulate --steps 600
# Where the virtual machine would have taken another trap, or none, or from other work, the square says so, and the machines differ.
trial trap-complete-other 0 "$(differing other-cause other-value other-work sets-control completes | sed 's/ and .direct > 20//')" \
	tests/isas/trap-complete-other.yaml --monitor trap-and-emulate --steps 1500
trial rv64 0 "$sound" isa-specs/rv64.yaml --scenario passthrough --instruction amoxor.d --monitor trap-and-emulate --steps 500

# Tables that lead elsewhere are found: the squares are proved for a monitor that composes as it should.
sed -n '/^composition:/,$p' isa-specs/rv64/machine.yaml | sed 's/{10.d0, pa\[55:12\]/{10'"'"'d0, pa[55:13], 1'"'"'d0/' >"$TMP/composition"
printf 'kind: variation\nof: rv64\nname: rv64\n' | cat - "$TMP/composition" >"$TMP/wrong.yaml"
trial wrong-composition 5 '.scenarios[0].commuting.different > 0' isa-specs/rv64.yaml --overlay "$TMP/wrong.yaml" --scenario passthrough --instruction add \
	--monitor trap-and-emulate --steps 200

# Code that PMP lets be fetched but not loaded, while MXR says that what can be fetched can be loaded, of pages: the shadow must not be such a page.
printf '\t.org 0x80000000\n\t.entry start\nstart:\tauipc x1, 0\n\tld x2, 0(x1)\n' >"$TMP/code.s"
timeout 60 build/isolde run isa-specs/rv64.yaml "$TMP/code.s" --start S --scenario passthrough --monitor trap-and-emulate --lockstep --limit 2 --set \
	'mstatus.MXR=1,PMP.A[0]=3,PMP.X[0]=1,PMP.R[0]=0,PMP.W[0]=0,pmpaddr.ADDRESS[0]=0x3fffffffffffff' >"$TMP/out" 2>&1 </dev/null
if grep -q 'no difference in 2 steps' "$TMP/out"; then pass; else fail 'fetched, not loaded' "$TMP/out"; fi

# An interrupt whose handler never begins, since its PSW allows the next one at once, is no endless step.
printf '\t.org 2\n\t.word 0xc0000010, 0xffff\n\t.org 0x10\n\t.entry start\nstart:\tjal X0, start\n' >"$TMP/storm.s"
for monitor in none trap-and-emulate; do
	timeout 60 build/isolde run isa-specs/g3.yaml "$TMP/storm.s" --set PENDING.device=1,IE=1 --limit 1000 --monitor $monitor >"$TMP/out" 2>&1 </dev/null
	code=$?
	if [ $code != 124 ] && grep -q '1,000 steps' "$TMP/out"; then pass; else fail "storm $monitor: exit status $code" "$TMP/out"; fi
done

timeout 60 build/isolde validate isa-specs/g3.yaml --monitor patch >"$TMP/out" 2>&1
status 'patch has no squares' 2 $?
timeout 60 build/isolde validate isa-specs/g3.yaml --monitor hybrid --oracle host >"$TMP/out" 2>&1
status 'an oracle and a monitor' 2 $?
finish
