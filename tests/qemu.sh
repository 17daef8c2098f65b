#!/bin/sh
# rv64 against QEMU: random instructions, the same on both, and the sums that they print (tests/qemu/random.S).
#     sh tests/qemu.sh [FIRST..LAST]      seeds; default 1..1
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh
seeds=${1:-1..1}
isolde=${ISOLDE:-build/isolde}
XDG_CACHE_HOME=$PWD/build/cache
export XDG_CACHE_HOME
cpu=rv64,f=off,d=off,h=off,zba=off,zbb=off,zbc=off,zbs=off,sstc=off

for seed in $(seq "${seeds%..*}" "${seeds#*..}"); do
	riscv64-linux-gnu-gcc -static -no-pie -fno-pie -nostdlib -march=rv64imac_zicsr_zifencei -mabi=lp64 -mno-relax -Wl,-n,--build-id=none,--no-warn-rwx-segments \
		-Wl,-Ttext=0x80000000 -DSEED="$seed*0x9e3779b97f4a7c15" -DCOUNT=20000 -DEVERY=500 tests/qemu/random.S -o "$TMP/random" || exit 1
	timeout 120 qemu-system-riscv64 -machine virt -cpu "$cpu" -display none -serial stdio -monitor none -bios none -kernel "$TMP/random" \
		>"$TMP/qemu" 2>"$TMP/qemu.err" </dev/null
	status "qemu-$seed" 0 $?
	"$isolde" run isa-specs/rv64.yaml "$TMP/random" --limit 200M >"$TMP/ours" 2>"$TMP/ours.err" </dev/null
	[ "$(wc -l <"$TMP/qemu")" = 40 ] || fail "qemu-$seed: not 40 sums" "$TMP/qemu.err"
	same "seed-$seed" "$TMP/qemu" "$TMP/ours"
done
finish
