#!/bin/sh
# RISC-V's published test programs on the described machine.
#     sh tests/riscv-tests.sh DIR [OPTION…]
# DIR: a checkout of riscv-software-src/riscv-tests, with riscv/riscv-test-env in DIR/env. OPTIONs go to `isolde run`, as --monitor trap-and-emulate. Everything
# is built below build/riscv-tests with the cross compiler; nothing is written to DIR. Prints each failure, then how many passed and failed.
# ONLY=PATTERN in the environment chooses by name: ONLY='rv64si-p-*'.
set -u
dir=${1:?usage: riscv-tests.sh DIR [OPTION…]}
shift
cd "$(dirname "$0")/.." || exit 1
out=build/riscv-tests
isolde=${ISOLDE:-build/isolde}
passed=0
failed=0
mkdir -p $out/include

# What the environment with address translation wants of C's library, whose headers the cross compiler does not bring.
echo 'typedef __SIZE_TYPE__ size_t; void *memcpy(void *, const void *, size_t); void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t); size_t strlen(const char *); int strcmp(const char *, const char *);
char *strcpy(char *, const char *);' >$out/include/string.h
echo 'static inline int isdigit(int c) { return c >= 48 && c <= 57; } static inline int isspace(int c) { return c == 32; }' >$out/include/ctype.h
: >$out/include/stdio.h

build() # NAME ENVIRONMENT SOURCE…
{
	name=$1
	env=$2
	shift 2
	riscv64-linux-gnu-gcc -march=rv64gc -mabi=lp64d -static -no-pie -fno-pie -mcmodel=medany -fvisibility=hidden -nostdlib -nostartfiles \
		-ffreestanding -std=gnu99 -O2 -DENTROPY=0x1234567 -Wl,--build-id=none,--no-warn-rwx-segments -I$out/include -I"$dir/env/$env" \
		-I"$dir/isa/macros/scalar" -T"$dir/env/$env/link.ld" "$@" -o $out/"$name" 2>$out/messages
}

try() # NAME ENVIRONMENT SOURCE… -- OPTION…
{
	name=$1
	env=$2
	shift 2
	case $name in
	${ONLY:-*}) ;;
	*) return ;;
	esac
	sources=
	while [ "$1" != -- ]; do
		sources="$sources $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	[ -s $out/"$name" ] || build "$name" "$env" $sources || { echo "$name: not built"; head -n 3 $out/messages; failed=$((failed + 1)); return; }
	"$isolde" run isa-specs/rv64.yaml $out/"$name" --limit 10M --quiet "$@" >$out/messages 2>&1 </dev/null
	code=$?
	if [ $code = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$name: $code $(tail -n 1 $out/messages)"
	fi
}

for set in rv64ui rv64um rv64ua rv64uc rv64mi rv64si; do
	for source in "$dir/isa/$set"/*.S; do
		test=$(basename "$source" .S)
		try $set-p-"$test" p "$source" -- "$@"
		case $set in
		rv64u*) try $set-v-"$test" v "$dir/env/v/entry.S" "$dir/env/v/string.c" "$dir/env/v/vm.c" "$source" -- "$@" ;;
		esac
	done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
