#!/bin/sh
# Reports: the same on every way, JSON, SARIF and JUnit against their schemas, exit statuses for CI, hostile texts in every sink, and the
# pages in a real browser (tests/browser). The schema of SARIF 2.1.0 is OASIS's, from npm; JUnit XML has no standard: reports/junit.xsd is ours.
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde
out=$TMP/report
guest=emulator/guests/g3/critical/sie-ignored.s
[ -d tests/browser/node_modules/playwright-core ] && [ -d tests/browser/node_modules/@microsoft/jest-sarif ] ||
	(cd tests/browser && npm ci --no-audit --no-fund --ignore-scripts --cache "$TMP/npm") >"$TMP/npm-said" 2>&1 || fail npm "$TMP/npm-said"

# --- written, twice the same
"$isolde" run isa-specs/g3.yaml emulator/guests/g3/hello.s --monitor all --format json >"$TMP/run.json"
"$isolde" report isa-specs/g3.yaml isa-specs/g3/smode.yaml tests/reports/hostile.yaml --runs "$TMP/run.json" --advise -o "$out" --jobs 2 >"$TMP/said" 2>&1
status report 1 $?
"$isolde" report isa-specs/g3.yaml isa-specs/g3/smode.yaml tests/reports/hostile.yaml --runs "$TMP/run.json" --advise -o "$TMP/again" --no-cache >"$TMP/said" 2>&1
for f in "$out"/*; do same "again: $(basename "$f")" "$f" "$TMP/again/$(basename "$f")"; done
"$isolde" run isa-specs/g3/sie-ignored.yaml $guest --monitor trap-and-emulate --record "$out/run.html" >"$TMP/said"
status record 1 $?
grep -q 'differs from the bare one in step 9$' "$TMP/said" && pass || fail record-said "$TMP/said"
"$isolde" run isa-specs/g3/sie-ignored.yaml $guest --monitor trap-and-emulate --record "$TMP/recording.json" --quiet
"$isolde" run isa-specs/g3.yaml emulator/guests/g3/hello.s --monitor trap-and-emulate --record "$TMP/hello.json" --quiet
status record-same 0 $?
"$isolde" run isa-specs/g3.yaml emulator/guests/g3/hello.s --record "$TMP/none.html" >"$TMP/said" 2>&1
status record-bare 2 $?

# --- step: forward, back, to the next trap and difference
printf nnbtd0q | "$isolde" step isa-specs/g3/sie-ignored.yaml $guest >"$TMP/steps" 2>&1
status step 0 $?
grep '^step' "$TMP/steps" | awk '{print $2}' | tr '\n' ' ' >"$TMP/order"
echo '1 2 3 2 6 9 1 ' | tr -d '\n' >"$TMP/wanted"
same step-order "$TMP/wanted" "$TMP/order"
grep -q 'interpreter  *carries it out' "$TMP/steps" && grep -q 'IE .*0x1\*.*0x0  *differs' "$TMP/steps" && pass || fail step-shows "$TMP/steps"

# --- findings for CI
"$isolde" check isa-specs/g3/smode.yaml --format baseline --no-cache >"$TMP/baseline.json"
status baseline 0 $?
"$isolde" check isa-specs/g3/smode.yaml --baseline "$TMP/baseline.json" --no-cache >"$TMP/said"
status baseline-known 0 $?
grep -q '^0 new findings, 1 known$' "$TMP/said" && pass || fail baseline-known "$TMP/said"
"$isolde" check isa-specs/g3.yaml --format baseline --no-cache >"$TMP/empty.json"
"$isolde" check isa-specs/g3/smode.yaml --baseline "$TMP/empty.json" --no-cache >"$TMP/said"
status baseline-new 1 $?
grep -q '^isa-specs/g3/smode.yaml:11: critical: smode' "$TMP/said" && pass || fail baseline-new "$TMP/said"
"$isolde" check isa-specs/g3/smode.yaml --rlimit 1 --baseline "$TMP/baseline.json" --no-cache >"$TMP/said"
status baseline-undecided 3 $?
"$isolde" check isa-specs/g3/smode.yaml --baseline "$TMP/run.json" >"$TMP/said" 2>&1
status baseline-foreign 4 $?
"$isolde" check isa-specs/g3/smode.yaml --baseline "$TMP/empty.json" --format sarif --no-cache | jq -e '.runs[0].results | length == 1 and .[0].baselineState == "new"' >/dev/null
status sarif-new 0 $?
"$isolde" check isa-specs/g3/smode.yaml --baseline "$TMP/baseline.json" --format sarif --no-cache | jq -e '.runs[0].results | length == 1 and .[0].baselineState == "unchanged"' >/dev/null
status sarif-known 0 $?
jq -e '.runs[0].results[0] | .locations[0].physicalLocation == {artifactLocation: {uri: "isa-specs/g3/smode.yaml"}, region: {startLine: 11}}
	and (.codeFlows[0].threadFlows | length >= 2) and (.codeFlows[0].threadFlows[0].locations | map(.location.physicalLocation.region.startLine) | index(16) != null)' "$out/g3-smode.sarif" >/dev/null
status sarif-place 0 $?
"$isolde" explain isa-specs/g3.yaml add --format sarif >/dev/null 2>&1
status sarif-of-check-only 2 $?

# --- Markdown: what the book says, read back
/usr/bin/python3 tests/reports/markdown.py "$out" >"$TMP/said" 2>&1
grep -v ' passed, ' "$TMP/said"
p=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$TMP/said") f=$(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' "$TMP/said")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
[ "${p:-0}" -gt 60 ] && pass || fail markdown-few "$TMP/said"

# --- diff
"$isolde" diff isa-specs/g3.yaml isa-specs/g3/smode.yaml >"$TMP/said"
status diff-worse 1 $?
grep -q 'worse: smode class: - -> critical' "$TMP/said" && grep -q 'worse: theorem1: proved -> refuted' "$TMP/said" && pass || fail diff-worse "$TMP/said"
"$isolde" diff isa-specs/g3/smode.yaml isa-specs/g3.yaml >"$TMP/said"
status diff-better 0 $?
"$isolde" diff "$out/g3.json" isa-specs/g3.yaml >"$TMP/said"
status diff-same 0 $?
grep -q '^no verdict changed$' "$TMP/said" && pass || fail diff-same "$TMP/said"
"$isolde" diff isa-specs/g3.yaml isa-specs/g3.yaml --scenario paper,nothing >"$TMP/said" 2>&1
status diff-scenario 2 $?
"$isolde" diff isa-specs/g3.yaml "$TMP/run.json" >"$TMP/said" 2>&1
status diff-foreign 4 $?
"$isolde" diff isa-specs/g3.yaml isa-specs/g3/gate.yaml --format json >"$TMP/diff.json"

# --- the terminal: no control character of a description arrives there
for words in "check tests/reports/hostile.yaml --no-cache" "explain tests/reports/hostile.yaml hostile" "list tests/reports" "prove tests/reports/hostile.yaml --no-cache" "advise tests/reports/hostile.yaml --no-cache" "compare tests/reports/hostile.yaml --no-cache" "mutate tests/reports/hostile.yaml --faults 3"; do
	# shellcheck disable=SC2086
	"$isolde" $words >"$TMP/said" 2>&1
	if LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$TMP/said"; then fail "terminal: $words" "$TMP/said"; else pass; fi
done

# --- schemas
for f in "$out"/*.junit.xml; do
	xmllint --noout --schema reports/junit.xsd "$f" >"$TMP/said" 2>&1
	status "junit $(basename "$f")" 0 $?
done
sed 's/failures="1"/failures="one"/' "$out/g3-smode.junit.xml" >"$TMP/wrong.xml"
xmllint --noout --schema reports/junit.xsd "$TMP/wrong.xml" 2>/dev/null && fail junit-wrong || pass
[ "$(xmllint --xpath 'string(//testcase[@name="hostile"]/failure/@message)' "$out/hostile.junit.xml" | grep -c 'hostile is critical')" = 1 ] && pass || fail junit-hostile
OUT=$out TMP=$TMP /usr/bin/python3 tests/reports/schemas.py >"$TMP/said" 2>&1
cat "$TMP/said" | grep -v ' passed, '
p=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$TMP/said") f=$(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' "$TMP/said")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))

# --- the browser
node tests/browser/browser.mjs "$out" >"$TMP/said" 2>&1
cat "$TMP/said" | grep -v ' passed, '
p=$(sed -n 's/^\([0-9]*\) passed, .*/\1/p' "$TMP/said") f=$(sed -n 's/.* passed, \([0-9]*\) failed$/\1/p' "$TMP/said")
passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
finish
