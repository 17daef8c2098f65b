#!/bin/sh
# make demo: the main job on the shipped ISAs. Ends with the verdicts and the report's path.
set -eu
cd "$(dirname "$0")/.."
isolde=build/isolde
out=build/report
mkdir -p "$out"
index=$out/README.md

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

echo "== rv64: RISC-V with machine, supervisor and user mode, instruction by instruction"
run check isa-specs/rv64.yaml --jobs 2 --all

echo
echo "== one instruction, explained: what a supervisor's interrupt enable does in user mode when it is silently ignored"
run explain isa-specs/g3/sie-ignored.yaml sie --profile extended

: > "$out/verdicts.txt"
printf '# Isolde: verdicts on the shipped instruction sets\n\n```\n' > "$index"
for spec in isa-specs/g3.yaml isa-specs/g3/*.yaml isa-specs/rv64.yaml; do
	name=$(basename "$spec" .yaml)
	run check "$spec" --jobs 2 --format markdown > "$out/$name.md"
	run check "$spec" --jobs 2 --format json > "$out/$name.json"
	run check "$spec" --jobs 2 | verdicts "$name" >> "$out/verdicts.txt"
done
cat "$out/verdicts.txt" >> "$index"
printf '```\n\n' >> "$index"
for file in "$out"/*.json; do
	name=$(basename "$file" .json)
	printf -- '- [%s](%s.md), [JSON](%s.json)\n' "$name" "$name" "$name" >> "$index"
done

echo
echo "== verdicts (scenario, profile, theorems 1 to 3)"
cat "$out/verdicts.txt"
echo
echo "report: $(pwd)/$index"
