#!/bin/sh
# Every file of tests/broken/ is wrong in one way, which its first line says. Its .out holds what isolde lint prints and,
# in the first line, the exit status: 4 does not load, 1 loads but lint refutes it, 0 warnings only.
#     sh tests/broken.sh [--update] [FILE…]       ISOLDE=build/san/isolde runs another build
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=${ISOLDE:-build/isolde}
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
update=
[ "${1:-}" != --update ] || { update=yes; shift; }

# run FILE: the finding and the status as a golden file has them
run()
{
	timeout 10 "$isolde" lint --quiet "$1" >"$TMP/text" 2>&1
	echo "exit $?"
	cat "$TMP/text"
}

for file in ${*:-tests/broken/[0-9]*.yaml}; do
	out=${file%.yaml}.out
	run "$file" >"$TMP/out"
	[ -z "$update" ] || cp "$TMP/out" "$out"
	same "$file" "$out" "$TMP/out"
	# whatever the golden says, these are never right
	case $(head -n 1 "$TMP/out") in
	'exit 0' | 'exit 1' | 'exit 4') ;;
	*) fail "$file: $(head -n 1 "$TMP/out")" "$TMP/text" ;;
	esac
	[ -s "$TMP/text" ] || fail "$file: no finding"
done
[ $# = 0 ] || { finish part; exit; }

# Inputs that are too large to be kept as files: refused with a limit, and in time.
# large NAME WORDS: of $TMP/in; what lint says has the words, and is neither a crash nor out of time
# (not at the end of a pipe: a subshell's counts would be lost)
large()
{
	mv "$TMP/in" "$TMP/$1.yaml"
	run "$TMP/$1.yaml" >"$TMP/out"
	if head -n 1 "$TMP/out" | grep -q '^exit [04]$' && grep -q "$2" "$TMP/out"; then
		pass
	else
		cut -c 1-300 "$TMP/out" >"$TMP/short"
		fail "large-$1: '$2' expected" "$TMP/short"
	fi
}
repeat() # TEXT COUNT: in lines of 50
{
	awk -v text="$1" -v count="$2" 'BEGIN { for (i = 1; i <= count; i++) printf "%s%s", text, i % 50 ? "" : "\n " }'
}
{ echo 'kind: isa'; echo 'description: |'; repeat 0123456789 500000; } >"$TMP/in"
large 4-mib E_FILE
{ echo 'kind: isa'; echo 'omits:'; yes -- '- a' | head -n 510000; } >"$TMP/in"
large events E_LIMIT
{ echo 'kind: isa'; printf 'omits: ['; yes 'a,' | head -n 400000 | tr -d '\n'; echo ']'; } >"$TMP/in"
large flow-line E_LIMIT
{ echo 'kind: isa'; printf 'omits: ['; repeat 'a,' 520000; echo ']'; } >"$TMP/in"
large flow-lines E_LIMIT
{ echo 'kind: isa'; printf 'omits: '; repeat '[' 50000; } >"$TMP/in"
large brackets E_LIMIT
{ echo 'kind: isa'; printf 'omits: '; repeat '{a: ' 50000; } >"$TMP/in"
large braces E_LIMIT
{ echo 'kind: isa'; printf 'omits:\n'; yes -- '- ' | head -n 50000 | tr -d '\n'; } >"$TMP/in"
large dashes 'E_LIMIT'
{ echo 'kind: isa'; printf 'name: '; repeat 'word ' 14000; } >"$TMP/in"
large scalar E_LIMIT
{ echo 'kind: isa'; printf 'name: "'; repeat x 2000000; } >"$TMP/in"
large unclosed-quote E_YAML
{ echo 'kind: isa'; awk 'BEGIN { for (i = 0; i < 100000; i++) print "k" i ": 1" }'; } >"$TMP/in"
large keys E_MISSING
body()
{
	printf 'kind: variation\nname: v\nof: %s/tests/broken/base\ninstructions:\n  test:\n    operation(): |\n' "$PWD"
	sed 's/^ */      /'
}
{ printf 'X[d] = '; repeat '(' 30000; } | body >"$TMP/in"
large parentheses E_LIMIT
{ printf 'X[d] = '; repeat '~' 30000; echo 'imm;'; } | body >"$TMP/in"
large unary E_LIMIT
{ printf 'X[d] = imm'; repeat ' + imm' 9000; echo ';'; } | body >"$TMP/in"
large sum E_LIMIT
{ printf 'X[d] = imm == 0'; repeat ' ? 1 : imm == 0' 3000; echo ' ? 1 : 0;'; } | body >"$TMP/in"
large ternary E_LIMIT
repeat 'if (imm == 0) ' 4000 | body >"$TMP/in"
large ifs E_LIMIT
{ repeat 'if (imm == 0) X[d] = 0; else ' 2000; echo 'X[d] = 1;'; } | body >"$TMP/in"
large elses E_LIMIT
repeat '{' 60000 | body >"$TMP/in"
large blocks E_LIMIT
# put in place, each function would be twice as large as the one that it calls
{
	printf 'kind: variation\nname: v\nof: %s/tests/broken/base\nfunctions:\n' "$PWD"
	awk 'BEGIN { for (i = 0; i < 60; i++) printf "  Bits<32> twice%d(Bits<32> x): return twice%d(x) + twice%d(x);\n", i, i + 1, i + 1 }'
	printf '  Bits<32> twice60(Bits<32> x): return x;\ninstructions:\n  test:\n    operation(): X[d] = twice0(X[d]);\n'
} >"$TMP/in"
large doubling E_LIMIT
{ printf 'X[d] = X'; repeat '[0]' 15000; echo ';'; } | body >"$TMP/in"
large subscripts E_LIMIT
finish
