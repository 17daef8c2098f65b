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
