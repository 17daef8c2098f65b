#!/bin/sh
# What one golden file cannot say: the same result on every way to it (jobs, cache, again), and what `new` writes.
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde

# The result does not depend on the number of workers, nor on the time of day.
for format in text json; do
	"$isolde" check isa-specs/g3.yaml --no-cache --all --format "$format" --jobs 1 >"$TMP/one"
	for jobs in 1 2 3 8 64; do
		"$isolde" check isa-specs/g3.yaml --no-cache --all --format "$format" --jobs $jobs >"$TMP/many" 2>&1
		status "jobs-$jobs-$format" 0 $?
		same "jobs-$jobs-$format" "$TMP/one" "$TMP/many"
	done
done
for file in isa-specs/g3/mfpi.yaml tests/isas/unpredictable.yaml tests/isas/spr-variants.yaml tests/isas/modrm.yaml; do
	"$isolde" check $file --no-cache --format json --jobs 1 >"$TMP/one"
	"$isolde" check $file --no-cache --format json --jobs 3 >"$TMP/many"
	same "jobs-$file" "$TMP/one" "$TMP/many"
	"$isolde" check $file --no-cache --format json --jobs 3 >"$TMP/many"
	same "again-$file" "$TMP/one" "$TMP/many"
done

# cached NAME OPTIONS…: the kept result is the fresh one, for $TMP/spec.yaml
cached()
{
	name=$1
	shift
	"$isolde" check "$TMP/spec.yaml" --format json --no-cache "$@" >"$TMP/fresh"
	"$isolde" check "$TMP/spec.yaml" --format json --cache "$TMP/cache" "$@" >"$TMP/kept" 2>&1
	same "cache-$name" "$TMP/fresh" "$TMP/kept"
	"$isolde" check "$TMP/spec.yaml" --format json --cache "$TMP/cache" "$@" >"$TMP/kept" 2>&1
	same "cache-$name-again" "$TMP/fresh" "$TMP/kept"
}
spec=$TMP/spec.yaml
cp isa-specs/g3.yaml "$spec"
cached first
# every edit below changes a verdict, or the state that a witness shows: nothing kept may survive it
edit()
{
	name=$1
	sed "$2" "$spec" >"$TMP/edited" && ! cmp -s "$TMP/edited" "$spec" && pass || fail "cache-$name: the edit changed nothing"
	cp "$TMP/edited" "$spec"
	cached "$name"
}
edit instruction 's/^      IE = X\[s\]\[0\];/      IE = X[s][1];/'
edit operation-check '/^  sie:/,/^  ldt:/s/supervisor_only();/if (X[s][0] == 1) { supervisor_only(); }/'
edit called-function 's/^    if (mode() != Level::supervisor) { raise(Cause::Privileged); }/    if (mode() == Level::user) { raise(Cause::Illegal); }/'
edit translate 's/^  if (va >= R.b || real\[16\] == 1)/  if (va > R.b || real[16] == 1)/'
edit role 's/role: control, description: interrupts enabled/role: general, description: interrupts enabled/'
edit move 's/move: same, reset_value/move: add, reset_value/'
edit zero 's/role: general, zero: \[0\]/role: general/'
edit cause-fault 's/value: 5, description: addv/value: 5, fault: true, description: addv/'
edit comment 's/^# Every instruction is/# An instruction is/'
edit expectation 's/{profile: 1974,     theorem1: holds/{profile: 1974,     theorem1: breaks/'
edit level-order 's/^levels: \[user, supervisor\]/levels: {user: 1, supervisor: 0}/'
edit text 's/long_name: Load timer/long_name: Load the timer/'
edit invariant 's/^functions:/invariants: {quiet: "IE == 0"}\nfunctions:/'
edit scenario 's/^    map: {supervisor: user, user: user}/    map: {supervisor: user, user: user}\n    host: {IE: 0}/'
edit pass-through 's/^    host: {IE: 0}/    pass_through: [IE]/'
cached processor --processor
cached adversarial --adversarial
cached rlimit --rlimit 1
cached instruction --instruction lpsw
cached profile --profile 1974
# a damaged store is written anew, not believed
for f in "$TMP"/cache/*; do echo '{"' >"$f"; done
cached damaged
for f in "$TMP"/cache/*; do echo '[1, 2]' >"$f"; done
cached foreign
# two at once
"$isolde" check "$spec" --format json --no-cache >"$TMP/fresh"
rm -rf "$TMP/cache"
"$isolde" check "$spec" --format json --cache "$TMP/cache" >"$TMP/first" &
"$isolde" check "$spec" --format json --cache "$TMP/cache" >"$TMP/second"
wait
same cache-two-at-once "$TMP/fresh" "$TMP/first"
same cache-two-at-once "$TMP/fresh" "$TMP/second"

# The skeleton checks, lints without an error, and is never written over a file.
(cd "$TMP" && "$isolde" new my-machine) >"$TMP/said" 2>&1
status new 0 $?
(cd "$TMP" && "$isolde" check my-machine.yaml --no-cache) >"$TMP/said" 2>&1
status new-check 0 $?
if grep -q ' 0 not$' "$TMP/said"; then pass; else fail new-expectations "$TMP/said"; fi
(cd "$TMP" && "$isolde" lint --quiet my-machine.yaml) >"$TMP/said" 2>&1
status new-lint 0 $?
if grep -q '^my-machine.yaml.*\(error\|UNUSED\)' "$TMP/said"; then fail new-lint "$TMP/said"; else pass; fi
cp "$TMP/my-machine.yaml" "$TMP/before"
(cd "$TMP" && "$isolde" new my-machine) >"$TMP/said" 2>&1
status new-over 4 $?
same new-over "$TMP/before" "$TMP/my-machine.yaml"
# what the skeleton invites to: without its check, sie is no longer privileged
sed '/^  sie:/,$s/^      if (mode() != Level::supervisor).*//' "$TMP/my-machine.yaml" >"$TMP/open.yaml"
"$isolde" check "$TMP/open.yaml" --no-cache >"$TMP/said" 2>&1
status new-without-check 1 $?
if grep -q 'sie  *critical' "$TMP/said"; then pass; else fail new-without-check "$TMP/said"; fi

# Standard output holds the result and nothing else.
"$isolde" check isa-specs/g3.yaml --no-cache --format json --statistics 2>"$TMP/statistics" | jq -e '.isa == "g3"' >/dev/null
status json-alone 0 $?
[ -s "$TMP/statistics" ] && pass || fail statistics
# The questions that were solved are SMT-LIB that another run of the solver reads, with the same answers each time.
"$isolde" check isa-specs/g3.yaml --no-cache --questions "$TMP/questions" >/dev/null
status record 0 $?
if z3 -smt2 "$TMP/questions" >"$TMP/answers" 2>&1 && grep -q sat "$TMP/answers" && ! grep -q '(error' "$TMP/answers"; then
	pass
else
	fail record-solved "$TMP/answers"
fi
finish
