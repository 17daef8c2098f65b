#!/bin/sh
# What stands behind "proved": certificates, other solvers' answers, and what is written for them.
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde

# evidence NAME FILE FILTER: the JSON result's evidence fulfils the filter
evidence()
{
	if jq -e ".evidence | $3" "$2" >/dev/null; then
		pass
	else
		jq .evidence "$2" >"$TMP/evidence"
		fail "$1" "$TMP/evidence"
	fi
}
all_certified='.distinct > 0 and .certified + .folded == .distinct and (.uncertified + .disagreements) == []'
all_agree='.rechecked > 0 and .agreed == .rechecked and (.unconfirmed + .disagreements) == []'

# g3 whole: every obligation has a certificate, cvc5 agrees, and z3 and cvc5 read what is written and say what it says.
"$isolde" check isa-specs/g3.yaml --no-cache --certify --recheck --emit "$TMP/g3" --format json --jobs 2 >"$TMP/result"
status g3 0 $?
evidence g3-certified "$TMP/result" "$all_certified"
evidence g3-agrees "$TMP/result" "$all_agree"
evidence g3-proofs "$TMP/result" '.certified > 0'
[ "$(find "$TMP/g3" -name '*.smt2' | wc -l)" = "$(jq .evidence.emitted "$TMP/result")" ] && pass || fail g3-files
wrong=0
for f in "$TMP"/g3/*.smt2; do
	said=$(sed -n 's/^(set-info :status \(.*\))$/\1/p' "$f")
	for solver in z3 cvc5; do
		[ "$($solver "$f" 2>&1)" = "$said" ] || { wrong=$((wrong + 1)) && echo "$solver does not say $said: $f"; }
	done
done >"$TMP/wrong"
[ -s "$TMP/wrong" ] && fail written "$TMP/wrong" || pass
grep -L '^; claim: ' "$TMP"/g3/*.smt2 >"$TMP/wrong" && [ -s "$TMP/wrong" ] && fail written-claim "$TMP/wrong" || pass
# the same files, whatever the number of workers
"$isolde" check isa-specs/g3.yaml --no-cache --emit "$TMP/again" --quiet >/dev/null
diff -r "$TMP/g3" "$TMP/again" >"$TMP/difference" && pass || fail emitted-again "$TMP/difference"

# Tables in memory, arrays and functions: some of rv64; the squares too.
for i in ld sret amoadd.d csrrw; do
	"$isolde" check isa-specs/rv64.yaml --instruction $i --scenario kernel --no-cache --certify --recheck --format json >"$TMP/result"
	evidence "rv64-$i-certified" "$TMP/result" "$all_certified"
	evidence "rv64-$i-agrees" "$TMP/result" "$all_agree"
done
for i in sd mret; do
	"$isolde" prove isa-specs/rv64.yaml --instruction $i --scenario firmware --no-cache --certify --recheck --format json >"$TMP/result"
	evidence "squares-$i-certified" "$TMP/result" "$all_certified"
	evidence "squares-$i-agrees" "$TMP/result" "$all_agree"
done
"$isolde" prove isa-specs/g3.yaml --no-cache --certify --recheck --emit "$TMP/squares" --format json >"$TMP/result"
status prove-g3 0 $?
evidence squares-g3-certified "$TMP/result" "$all_certified"
evidence squares-g3-agrees "$TMP/result" "$all_agree"
ls "$TMP"/squares/g3-composition-paper-*.smt2 >"$TMP/said" 2>&1
status squares-composition 0 $?

# Another solver that says otherwise, one that does not answer, and one that is not there.
printf '#!/bin/sh\necho sat\n' >"$TMP/liar" && chmod +x "$TMP/liar"
"$isolde" check isa-specs/g3.yaml --no-cache --instruction sie --recheck --recheck-with "$TMP/liar" --format json >"$TMP/result"
status disagreement 5 $?
evidence disagreement "$TMP/result" '(.disagreements | length) == .rechecked and .agreed == 0'
"$isolde" check isa-specs/g3.yaml --no-cache --instruction sie --recheck --recheck-with "sleep 9;" --seconds 1 --format json >"$TMP/result"
status no-answer 0 $?
evidence no-answer "$TMP/result" '(.unconfirmed | length) == .rechecked and (.unconfirmed | all(.why == "timeout"))'
"$isolde" check isa-specs/g3.yaml --no-cache --instruction sie --recheck --recheck-with ./no-such-solver --format json >"$TMP/result"
status no-solver 0 $?
evidence no-solver "$TMP/result" '(.unconfirmed | length) == .rechecked and .agreed == 0'
# without CaDiCaL nothing is certified; a CaDiCaL whose proofs do not prove is found out
mkdir "$TMP/bin"
PATH=$TMP/bin "$isolde" check isa-specs/g3.yaml --no-cache --certify --format json >"$TMP/result"
evidence no-cadical "$TMP/result" '.certified == 0 and (.uncertified | length) > 0 and (.uncertified | all(.why == "failed"))'
printf '#!/bin/sh\nfor proof; do :; done\necho "0" >"$proof"\nexit 20\n' >"$TMP/bin/cadical" && chmod +x "$TMP/bin/cadical"
PATH=$TMP/bin:$PATH "$isolde" check isa-specs/g3.yaml --no-cache --certify --format json >"$TMP/result"
status false-proof 5 $?
evidence false-proof "$TMP/result" '.certified == 0 and (.disagreements | length) > 0 and (.disagreements | all(.why == "refused"))'
"$isolde" check isa-specs/g3.yaml --no-cache --emit /proc/nowhere >"$TMP/said" 2>&1
status emit-nowhere 4 $?

# The checker by itself.
printf 'p cnf 2 4\n1 2 0\n1 -2 0\n-1 2 0\n-1 -2 0\n' >"$TMP/formula"
printf '1 0\n0\n' >"$TMP/proof"
build/drat-check "$TMP/formula" "$TMP/proof" >"$TMP/said"
status checker 0 $?
printf '0\n' >"$TMP/proof"
build/drat-check "$TMP/formula" "$TMP/proof" >"$TMP/said"
status checker-refuses 1 $?
printf 'p cnf 2\n' >"$TMP/formula"
build/drat-check "$TMP/formula" "$TMP/proof" >"$TMP/said"
status checker-unreadable 4 $?
build/drat-check >"$TMP/said" 2>&1
status checker-usage 4 $?
finish
