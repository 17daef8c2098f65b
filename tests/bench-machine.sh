#!/bin/sh
# make bench, second part: how fast the machine runs, for each engine, each technique and in lockstep, on guests that compute and that trap, beside
# QEMU's translator (qemu-system-riscv64, which has the same board) in the same run.
# Processor time, less that of a guest that ends at once; median of ROUNDS (3); a ratio is of two runs, one right after the other. Never fails on time.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
isolde=$PWD/build/isolde
guests=build/guests/rv64
rounds=${ROUNDS:-3}
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

seconds_of() # COMMAND...: processor time; what it printed is in $TMP/out
{
	(
		"$@" >"$TMP/out" 2>"$TMP/err" </dev/null || true
		times
	) | awk 'NR == 2 {for (i = 1; i <= NF; i++) {split($i, t, /[ms]/); s += t[1] * 60 + t[2]} printf "%.3f\n", s}'
}

median()
{
	sort -n "$1" | awk '{v[NR] = $1} END {print NR ? v[int((NR + 1) / 2)] : 0}'
}

run() # GUEST OPTION...: prints "seconds steps traps", without what it takes to start
{
	guest=$1
	shift
	start=$(seconds_of "$isolde" run isa-specs/rv64.yaml $guests/empty.elf --start S --format json "$@")
	whole=$(seconds_of "$isolde" run isa-specs/rv64.yaml "$guests/$guest.elf" --start S --format json "$@")
	jq -r --arg s "$start" --arg w "$whole" '[([($w | tonumber) - ($s | tonumber), 0.001] | max), .machines[0].steps, (.machines[0].efficiency.traps // .machines[0].traps)] | @tsv' "$TMP/out"
}

qemu() # GUEST: seconds
{
	start=$(seconds_of timeout 120 qemu-system-riscv64 -machine virt -nographic -kernel $guests/empty.elf)
	whole=$(seconds_of timeout 120 qemu-system-riscv64 -machine virt -nographic -kernel "$guests/$1.elf")
	echo "$start $whole" | awk '{s = $2 - $1; print (s > 0.001 ? s : 0.001)}'
}

line() # NAME GUEST OPTION...: a line of the table
{
	name=$1 of=$2
	shift 2
	: >"$TMP/rates" && : >"$TMP/ratios"
	run empty "$@" >/dev/null # what is compiled or proved once is kept from now on
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		result=$(run "$of" "$@")
		other=$(qemu "$of")
		echo "$result" | awk '{print $2 / $1 / 1e6}' >>"$TMP/rates"
		echo "$result $other $all_steps" | awk '{print ($2 / $1) / ($5 / $4)}' >>"$TMP/ratios"
	done
	printf '%-34s %12.2f %10.5f\n' "$name" "$(median "$TMP/rates")" "$(median "$TMP/ratios")"
}

# The guest's instructions altogether, as the bare machine counts them: QEMU executes the same ones.
count_steps() # GUEST
{
	all_steps=$("$isolde" run isa-specs/rv64.yaml "$guests/$1.elf" --start S --format json | jq '.machines[0].steps')
}

compared() # NAME GUEST AWK AIM: bare ($1 to $3: seconds, steps, traps) and under trap-and-emulate ($4 to $6), one after the other
{
	name=$1 guest=$2 what=$3
	shift 3
	: >"$TMP/values"
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		echo "$(run "$guest" --engine native) $(run "$guest" --engine native --monitor trap-and-emulate)" | awk "{print $what}" >>"$TMP/values"
	done
	printf '%-60s %10.3f   (aim: %s)\n' "$name" "$(median "$TMP/values")" "$1"
}

make -s benchmarks
printf '%-34s %12s %10s\n' 'rv64: compute' '10^6 instr/s' '/ QEMU'
count_steps compute
line 'bare, native' compute --engine native
line 'bare, built-in' compute --engine builtin --limit 100M
line 'bare, walk' compute --engine walk --limit 100K
for technique in trap-and-emulate hybrid patch paravirtual; do
	line "$technique" compute --monitor $technique
done
line interpret compute --monitor interpret --limit 10M
line 'lockstep, trap-and-emulate' compute --monitor trap-and-emulate --lockstep --limit 200K
count_steps traps
printf '%-34s %12s %10s\n' 'rv64: traps' '10^6 instr/s' '/ QEMU'
line 'bare, native' traps --engine native
for technique in trap-and-emulate hybrid patch paravirtual interpret; do
	line "$technique" traps --monitor $technique
done
compared 'trap round trip under trap-and-emulate, ns' traps '($4 - $1) / $6 * 1e9' '< 300'
compared 'user-mode code under trap-and-emulate / bare' compute '$1 / $4' '0.95'
echo "compute / QEMU: aim 0.1. Where others use the machine too, all of this is slower. Median of $rounds."
