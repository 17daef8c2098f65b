# For the stages of make test: counts what passes, and says what fails. Sourced by them; TMP is theirs alone.
set -u
LC_ALL=C NO_COLOR=1
export LC_ALL NO_COLOR
unset XDG_CACHE_HOME
TMP=$(mktemp -d)
HOME=$TMP # nothing is kept in the user's cache
export HOME
trap 'rm -rf "$TMP"' EXIT
passed=0
failed=0
stage=$(basename "$0" .sh)
known_seen=

pass()
{
	passed=$((passed + 1))
}

# What fails today and is written down in tests/known.txt (STAGE WHAT REASON) is counted apart.
fail() # WHAT [FILE that shows it]
{
	what=${1%%[: ]*}
	if grep -q "^$stage $what " tests/known.txt; then
		case " $known_seen " in *" $what "*) ;; *) known_seen="$known_seen $what" ;; esac
		return
	fi
	failed=$((failed + 1))
	echo "FAILED: $1"
	[ $# -lt 2 ] || sed 's/^/    /' "$2" | head -n "${SHOWN:-40}"
}

# same WHAT EXPECTED-FILE ACTUAL-FILE
same()
{
	if cmp -s "$2" "$3"; then
		pass
	else
		diff -u "$2" "$3" >"$TMP/difference" 2>&1
		fail "$1" "$TMP/difference"
	fi
}

# status WHAT WANTED ACTUAL
status()
{
	if [ "$2" = "$3" ]; then pass; else fail "$1: exit status $3, not $2"; fi
}

# agrees ISA ORACLE STEPS LEAST: a campaign without an unexplained difference, of which so many steps at least were compared
agrees()
{
	timeout 300 build/isolde validate "isa-specs/$1.yaml" --oracle "$2" --steps "$3" --format json >"$TMP/json" 2>"$TMP/shown"
	code=$?
	if [ $code = 0 ]; then pass; else fail "$1 differs from $2, exit status $code" "$TMP/shown"; fi
	compared=$(jq .compared "$TMP/json")
	if [ "${compared:-0}" -gt "$4" ]; then pass; else fail "$1: only ${compared:-0} steps were compared"; fi
}

# differs WHAT ORACLE STEPS INSTRUCTION PATTERN: the description $TMP/wrong.yaml is found out; what is shown has the pattern
differs()
{
	timeout 100 build/isolde validate "$TMP/wrong.yaml" --oracle "$2" --steps "$3" --instruction "$4" >"$TMP/table" 2>"$TMP/shown"
	code=$?
	if [ $code = 1 ] && grep -q "$5" "$TMP/shown"; then pass; else fail "$1 was not found, exit status $code" "$TMP/shown"; fi
}

# The last line of every stage: what run.sh counts. A stage without any test fails.
# finish [part]: after a part of the stage only, what is known to fail need not have failed
finish()
{
	while read -r of what _; do
		[ "$of" = "$stage" ] && [ $# = 0 ] || continue
		case " $known_seen " in
		*" $what "*) echo "known to fail: $what" ;;
		*)
			failed=$((failed + 1))
			echo "FAILED: $what passes now: strike it from tests/known.txt"
			;;
		esac
	done <tests/known.txt
	[ $((passed + failed)) -gt 0 ] || fail "$0 ran no test"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
