#!/bin/sh
# make demo: the main job on the shipped ISAs. Ends with the verdicts and the comparison page.
set -eu
cd "$(dirname "$0")/.."
isolde=build/isolde
out=build/report
mkdir -p "$out"

# Exit status 1 is a verdict (refuted, or not as expected), not a failure of the demo.
run() {
	status=0
	"$isolde" "$@" || status=$?
	[ "$status" -le 1 ] || { echo "isolde $* ended with status $status" >&2; exit 1; }
}

# The words behind "Theorem N" for each scenario and profile, one line each.
verdicts() {
	awk -v isa="$1" '
		/^scenario / { scenario = $2; sub(":", "", scenario) }
		/^profile / { profile = $2 }
		/Theorem [123]/ { n = $2; sub(",", "", n); sub(/^[^:]*: */, ""); split($0, word, /[: ]/); theorem[n] = word[1]
			if (n == 3) printf "%-22s %-12s %-9s T1 %-9s T2 %-9s T3 %s\n", isa, scenario, profile, theorem[1], theorem[2], theorem[3] }'
}

# All shipped machines are classified. Proofs and pages of those for which they take minutes (68000, x86) are left to `make reports`; DEMO=all has
# them here too.
all=$(ls isa-specs/*.yaml isa-specs/g3/*.yaml)
specs="isa-specs/g3.yaml $(ls isa-specs/g3/*.yaml) isa-specs/rv64.yaml isa-specs/m68010.yaml"
[ "${DEMO-}" != all ] || specs=$all

echo "== a small operating system on the paper's machine, under every kind of monitor"
run run isa-specs/g3.yaml emulator/guests/g3/os.s --monitor all --limit 1M --input /dev/null --format json > "$out/run-g3.json"
run run isa-specs/g3.yaml emulator/guests/g3/os.s --monitor all --limit 1M --input /dev/null
run run isa-specs/g3/sie-ignored.yaml emulator/guests/g3/critical/sie-ignored.s --monitor trap-and-emulate --record "$out/run-sie-ignored.html"

echo
echo "== reports (each instruction classified, each square proved or refuted)"
# shellcheck disable=SC2086
run report $specs --jobs 2 --runs "$out/run-g3.json" -o "$out"

echo
echo "== rv64: RISC-V with machine, supervisor and user mode, instruction by instruction"
run check isa-specs/rv64.yaml --jobs 2 --all

echo
echo "== the machines of the literature, beside what was published"
run compare isa-specs/*.yaml --jobs 2

echo
echo "== one instruction, explained: what a supervisor's interrupt enable does in user mode when it is silently ignored"
run explain isa-specs/g3/sie-ignored.yaml sie --profile extended

: > "$out/verdicts.txt"
for spec in $all; do
	run check "$spec" --jobs 2 --quiet | verdicts "$(basename "$spec" .yaml)" >> "$out/verdicts.txt"
done
echo
echo "== verdicts (scenario, profile, theorems 1 to 3)"
cat "$out/verdicts.txt"
for page in "$out"/*.html; do
	[ "$(wc -c < "$page")" -lt 5000000 ] || { echo "$page has 5 MB or more" >&2; exit 1; }
done
echo
echo "a run, step by step: $(pwd)/$out/run-sie-ignored.html"
echo "report: $(pwd)/$out/index.html"
