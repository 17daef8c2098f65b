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

pass()
{
	passed=$((passed + 1))
}

fail() # WHAT [FILE that shows it]
{
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
finish()
{
	[ $((passed + failed)) -gt 0 ] || fail "$0 ran no test"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
