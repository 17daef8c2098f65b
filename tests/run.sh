#!/bin/sh
# All stages of make test, the fast ones first. A stage prints its failures and then `N passed, N failed`; one that prints
# no such line, or ran nothing, counts as failed. Names run these stages only: sh tests/run.sh unit golden
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

count() # STAGE FILE: the last line that has the two numbers
{
	line=$(grep -oE '[0-9]+ passed, [0-9]+ failed$' "$2" | tail -n 1)
	p=${line%% passed*}
	f=${line#* passed, }
	f=${f%% failed*}
	if [ -z "$line" ] || [ $((p + f)) = 0 ]; then
		echo "$1 ran no test"
		p=0
		f=$((${f:-0} + 1))
	fi
	passed=$((passed + p))
	failed=$((failed + f))
}

stage() # NAME COMMAND…
{
	name=$1
	shift
	echo "== $name"
	start=$(date +%s)
	"$@" >"$work/$name" 2>&1
	code=$?
	cat "$work/$name"
	count "$name" "$work/$name"
	if [ $code != 0 ] && [ "$f" = 0 ]; then
		echo "$name: exit status $code"
		failed=$((failed + 1))
	fi
	echo "   $(($(date +%s) - start)) s"
}

# Criterion's own summary, in our words. A test that crashes is a test that fails; one that is skipped is not counted.
criterion() # BINARY
{
	ASAN_OPTIONS=detect_leaks=0:log_path=$work/asan UBSAN_OPTIONS=log_path=$work/ubsan "$1" --jobs 2 --timeout 300 >"$work/criterion" 2>&1
	grep -v '^\[====\]' "$work/criterion"
	set -- $(sed -n 's/.*Tested: .*\([0-9][0-9]*\) .*/&/; s/.*Passing: [^0-9]*\([0-9]*\).*Failing: [^0-9]*\([0-9]*\).*Crashing: [^0-9]*\([0-9]*\).*/\1 \2 \3/p' "$work/criterion" | tail -n 1)
	cat "$work"/asan* "$work"/ubsan* 2>/dev/null && set -- "${1:-0}" "${2:-0}" $((${3:-0} + 1)) # a report is a failure
	echo "${1:-0} passed, $((${2:-0} + ${3:-0})) failed"
}

wanted=${*:-unit golden expected proved export cli certify mutation broken codes includes watch crosscheck engines images guests guests-rv64 qemu reports sanitized validate trials rv64 m68k pdp10 unicorn simh x86 guests-m68k guests-x86 guests-pdp10}
for s in $wanted; do
	case $s in
	unit) stage unit criterion build/release/unit-tests ;;
	rv64)
		stage rv64 sh tests/expected.sh isa-specs/rv64.yaml
		stage rv64-proved sh tests/proved.sh isa-specs/rv64.yaml
		;;
	m68k)
		stage m68k sh tests/expected.sh isa-specs/m68000.yaml isa-specs/m68000-masked.yaml isa-specs/m68010.yaml
		stage m68k-proved sh tests/proved.sh isa-specs/m68010.yaml
		;;
	x86) stage x86 sh tests/expected.sh isa-specs/x86-32.yaml isa-specs/x86-64.yaml ;;
	pdp10) stage pdp10 sh tests/expected.sh isa-specs/pdp10.yaml ;;
	sanitized)
		make BUILD=san build/san/isolde build/san/unit-tests >"$work/make" 2>&1 || { cat "$work/make"; failed=$((failed + 1)); continue; }
		stage unit-sanitized criterion build/san/unit-tests
		ISOLDE=build/san/isolde stage broken-sanitized sh tests/broken.sh
		ISOLDE=build/san/isolde stage sanitized sh tests/sanitized.sh
		ISOLDE=build/san/isolde stage watch-sanitized sh tests/watch.sh
		;;
	*) stage "$s" sh "tests/$s.sh" ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
