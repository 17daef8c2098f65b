#!/bin/sh
# Golden tests of the command line. tests/golden/NAME.cmd is one command; NAME.out its exit status, its standard output and
# its standard error. The order of the two streams is not compared.
#     sh tests/golden.sh [--update] [NAME…]
cd "$(dirname "$0")/.." && . tests/lib.sh
update=
[ "${1:-}" != --update ] || { update=yes; shift; }
mkdir "$TMP/bin"
printf '#!/bin/sh\nexec "%s/build/isolde" "$@"\n' "$PWD" >"$TMP/bin/isolde"
chmod +x "$TMP/bin/isolde"
PATH=$TMP/bin:$PATH

for name in ${*:-$(cd tests/golden && ls ./*.cmd | sed 's/^..//; s/\.cmd$//')}; do
	timeout 300 sh "tests/golden/$name.cmd" >"$TMP/stdout" 2>"$TMP/stderr" </dev/null
	{
		echo "exit $?"
		cat "$TMP/stdout"
		[ ! -s "$TMP/stderr" ] || { echo '--- standard error'; cat "$TMP/stderr"; }
	} >"$TMP/out"
	[ -z "$update" ] || cp "$TMP/out" "tests/golden/$name.out"
	same "$name" "tests/golden/$name.out" "$TMP/out"
done
if [ $# = 0 ]; then finish; else finish part; fi
