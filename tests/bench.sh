#!/bin/sh
# make bench: how long the shipped machines take, beside what Z3 alone takes for the questions that are left to it.
# Each figure is the median of ROUNDS (3) runs on one core; a ratio is of two runs, one right after the other. Never fails on time.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
isolde=$PWD/build/isolde
rounds=${ROUNDS:-3}
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# seconds_of OUTPUT COMMAND...: its processor time; `times` is of the subshell's children
seconds_of()
{
	(
		out=$1
		shift
		"$@" >"$out" 2>"$out.err" || true
		times
	) | awk 'NR == 2 {for (i = 1; i <= NF; i++) {split($i, t, /[ms]/); s += t[1] * 60 + t[2]} printf "%.3f\n", s}'
}

median()
{
	sort -n "$1" | awk '{v[NR] = $1} END {printf "%.3f\n", NR ? v[int((NR + 1) / 2)] : 0}'
}

# Every file's run, its statistics one line each in $TMP/statistics
check_all()
{
	: >"$TMP/statistics"
	for spec; do
		"$isolde" check "$spec" --no-cache --jobs 1 --statistics --quiet >"$TMP/result" 2>"$TMP/said" || [ $? -lt 4 ] || {
			cat "$TMP/said" >&2
			return 1
		}
		grep '^obligations ' "$TMP/said" >>"$TMP/statistics"
	done
}

# The recorded questions: each by itself (Z3 chooses its tactics), and one after the other between push and pop.
record_all()
{
	: >"$TMP/single.smt2"
	for spec; do
		"$isolde" check "$spec" --no-cache --jobs 1 --quiet --questions "$TMP/record" >"$TMP/result" 2>&1 || [ $? -lt 4 ]
		cat "$TMP/record" >>"$TMP/single.smt2"
	done
	grep -v -x '(reset)' "$TMP/single.smt2" | sed 's/^(check-sat)$/&\n(reset)/' >"$TMP/reset.smt2"
	grep -v -x -e '(reset)' -e '(set-info :status unknown)' -e '(set-logic ALL)' "$TMP/single.smt2" |
		awk 'BEGIN {print "(set-logic ALL)"}
			/^; obligation/ {print "(push 1)"; next}
			{print}
			/^\(check-sat\)/ {print "(pop 1)"}' >"$TMP/incremental.smt2"
}

# answered FILE: as many answers as questions, and no error
answered()
{
	[ "$(grep -c -x -E 'sat|unsat|unknown' "$1" || true)" = "$(grep -c -x '(check-sat)' "$TMP/incremental.smt2" || true)" ] &&
		! grep -q '^(error' "$1"
}

# The time of a check after one instruction's operation was edited: the first sum in the copy of EDITED becomes a difference.
recheck() # EDITED SPEC...
{
	edited=$1
	shift
	: >"$TMP/slowest"
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		rm -rf "$TMP/isa-specs" "$TMP/cache"
		cp -r isa-specs "$TMP/isa-specs"
		for spec; do
			"$isolde" check "$TMP/$spec" --cache "$TMP/cache" --jobs 1 --quiet >/dev/null 2>&1 || [ $? -lt 4 ]
		done
		sed -i '0,/\( = X\[[a-z0-9]*\]\) + X\[/s//\1 - X[/' "$TMP/$edited"
		if cmp -s "$edited" "$TMP/$edited"; then
			echo "bench: nothing to edit in $edited" >&2
			return 1
		fi
		for spec; do
			"$isolde" check "$TMP/$spec" --cache "$TMP/cache" --jobs 1 --quiet --statistics 2>&1 >/dev/null | grep '^obligations '
		done >"$TMP/again"
		! grep -q '^obligations 0,' "$TMP/again" || echo "bench: the edit of $edited changed nothing that is asked" >&2
		sed 's/.*seconds \([0-9.]*\),.*/\1/' "$TMP/again" | sort -n | tail -n 1 >>"$TMP/slowest"
	done
	median "$TMP/slowest"
}

row() # NAME EDITED SPEC...
{
	name=$1 edited=$2 wrong=
	shift 2
	record_all "$@"
	: >"$TMP/wall" && : >"$TMP/own-time" && : >"$TMP/peak" && : >"$TMP/z3" && : >"$TMP/ratio" && : >"$TMP/ratio-reset"
	round=0
	while [ $round -lt "$rounds" ]; do
		round=$((round + 1))
		own=$(seconds_of "$TMP/own" sh "$0" --only "$@")
		cat "$TMP/own.err" >&2
		[ "$(wc -l <"$TMP/own")" = $# ] || wrong=" (Isolde failed)"
		echo "$own" >>"$TMP/own-time"
		awk '{gsub(",", ""); wall += $10; if ($12 > peak) peak = $12} END {print wall, peak}' "$TMP/own" >"$TMP/sum"
		cut -d' ' -f1 "$TMP/sum" >>"$TMP/wall"
		cut -d' ' -f2 "$TMP/sum" >>"$TMP/peak"
		z3=$(seconds_of "$TMP/answers" z3 "$TMP/incremental.smt2")
		answered "$TMP/answers" || wrong=" (Z3 did not answer all)"
		echo "$z3" >>"$TMP/z3"
		echo "$own $z3" | awk '{print $1 / ($2 > 0 ? $2 : 0.001)}' >>"$TMP/ratio"
		z3=$(seconds_of "$TMP/answers" z3 "$TMP/reset.smt2")
		answered "$TMP/answers" || wrong=" (Z3 did not answer all)"
		echo "$own $z3" | awk '{print $1 / ($2 > 0 ? $2 : 0.001)}' >>"$TMP/ratio-reset"
	done
	again=$(recheck "$edited" "$@")
	awk -v name="$name" -v wall="$(median "$TMP/wall")" -v own="$(median "$TMP/own-time")" -v peak="$(median "$TMP/peak")" -v z3="$(median "$TMP/z3")" \
		-v ratio="$(median "$TMP/ratio")" -v reset="$(median "$TMP/ratio-reset")" -v again="$again" -v wrong="$wrong" '
		{gsub(",", ""); asked += $2; folded += $4; repeated += $6; solved += $8}
		END {
			printf "%-10s %11d %8d %8d %7d %8.2f %8.2f %6.2f %8.1f %8.2f %7.2f %7.2f %8.3f%s\n", name, asked, folded, repeated, solved, wall,
				own, 1000 * own / (asked ? asked : 1), peak / 1024, z3, ratio, reset, again, wrong
		}' "$TMP/own"
}

if [ "${1:-}" = --only ]; then # one timed run: the statistics of these files
	shift
	check_all "$@"
	cat "$TMP/statistics"
	exit
fi
heading='%-10s %11s %8s %8s %7s %8s %8s %6s %8s %8s %7s %7s %8s\n'
# shellcheck disable=SC2059
printf "$heading" \
	'' '' '' '' '' 'seconds' 'seconds' 'ms per' '' 'Z3 alone' 'Isolde' 'Isolde' 're-check' \
	machine obligations folded repeated solved 'by clock' 'of CPU' oblig. 'peak MiB' 'of CPU' '/ Z3' '/ reset' 'by clock'
row g3 isa-specs/g3.yaml isa-specs/g3.yaml
row "g3/*" isa-specs/g3.yaml isa-specs/g3/*.yaml
row rv64 isa-specs/rv64/i.yaml isa-specs/rv64.yaml
# shellcheck disable=SC2059
printf "$heading" aim '' '' '' '' '<5 rv64' '' '' '' '' '<=1.5' '' '<0.2'
cat <<END
One core; where others use the machine too, the clock says more than the processor did. Ratios and ms are of processor time.
Z3 alone: one z3 process with only the solved questions, between push and pop; reset: the same questions, each after (reset).
Re-check: with what was kept, after one operation was edited
(g3/*: g3's, and the slowest of the $(set -- isa-specs/g3/*.yaml && echo $#)). Median of $rounds.
END

# One run each: what an instruction costs on machines of different size.
size_row() # SPEC
{
	own=$(seconds_of "$TMP/table" "$isolde" check "$1" --no-cache --jobs 1 --quiet --all)
	awk -v name="$(basename "$1" .yaml)" -v own="$own" '
		/^  instruction / {table++; next}
		table == 1 && /^  [a-z]/ {count++}
		/^profile / {asked++}
		END {printf "%-10s %12d %10d %10.2f %12.1f\n", name, count, asked, own, 1000 * own / (count ? count : 1)}' "$TMP/table"
}
printf '\n%-10s %12s %10s %10s %12s\n' machine instructions profiles 'CPU s' 'ms per instr.'
for spec in g3 rv64 m68000 pdp10 x86-32 x86-64; do
	size_row "isa-specs/$spec.yaml"
done | tee "$TMP/sizes"
awk '$1 ~ /^(m68000|pdp10|x86-32|x86-64)$/ {s += $4} END {printf "the four of the literature: %.1f s (aim: below 30 on one core)\n", s}' "$TMP/sizes"
