#!/bin/sh
# The fast engines against the plain walker: random states and programs on every shipped machine and every feature ISA; where compiled descriptions are
# kept, and what happens without a compiler, with a cache that cannot be written, with a damaged file; faults planted in the generated C.
#     sh tests/engines.sh [STEPS [SEED]]     STEPS per description and engine; make crosscheck asks for millions in all
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde
engines=$PWD/build/release/engines-test
steps=${1:-2500}
seed=${2:-1}
XDG_CACHE_HOME=$PWD/build/engines-cache # compiled once, by content
export XDG_CACHE_HOME
mkdir -p "$XDG_CACHE_HOME"
unset CC

machines() # every description that is a machine
{
	for file in isa-specs/*.yaml isa-specs/g3/*.yaml tests/isas/*.yaml; do
		! grep -q -E '^kind: (isa|variation)' "$file" || echo "$file"
	done
}

# --- the same as the walker
for engine in native built-in; do
	for file in $(machines); do
		if timeout 600 "$engines" --engine $engine --steps "$steps" --seed "$seed" "$file" >"$TMP/out" 2>&1; then
			pass
			tail -n 1 "$TMP/out"
		else
			fail "$engine $file" "$TMP/out"
		fi
	done
done

# --- whole programs: interrupts, devices, page tables, code that changes itself
make -s benchmarks build/guests/rv64/kernel.elf >"$TMP/make" 2>&1 || fail guests "$TMP/make"
program() # SPEC FILE [OPTION…]
{
	spec=$1 file=$2
	shift 2
	for engine in native built-in; do
		if "$engines" --engine $engine --steps $((steps * 5)) --seed "$seed" --program "$file" "$@" "$spec" >"$TMP/out" 2>&1; then
			pass
		else
			fail "$engine $file" "$TMP/out"
		fi
	done
}
for guest in kernel compute traps; do
	program isa-specs/rv64.yaml build/guests/rv64/$guest.elf --start S
done
for guest in os bench trapbench hostile/self-modify; do
	program isa-specs/g3.yaml emulator/guests/g3/$guest.s
done

# --- faults in the generated C: every one is found
# planted NAME EDIT: the compiler sees the text edited
planted()
{
	cat >"$TMP/cc" <<END
#!/bin/sh
sed '$2' >"$TMP/edited.c"
exec cc "\$@" <"$TMP/edited.c"
END
	chmod +x "$TMP/cc"
	CC="$TMP/cc" XDG_CACHE_HOME=$TMP/cache-planted "$engines" --steps 40000 --seed "$seed" "${3:-isa-specs/g3.yaml}" >"$TMP/out" 2>&1
	if grep -q '^FAILED' "$TMP/out"; then pass; else fail "planted-$1" "$TMP/out"; fi
}
mkdir -p "$TMP/cache-planted"
planted sub 's/\(n_sub(u128 a.*return (u128)(\)a - b/\1b - a/'
planted signed-less 's/\(n_slt(u128 a.*return (u128)(\)[^;]*/\1a < b)/'
planted length 's/^NEXT(1);$/NEXT(2);/;s/^NEXT_LOOKING(1);$/NEXT_LOOKING(2);/'
planted undo 's/^e->host->undo(e);$//' tests/isas/block-load.yaml
planted signs 's/(const int16_t \*)/(const uint16_t *)/' isa-specs/rv64.yaml
planted roll-back 's/^for (unsigned k = 0; k < [0-9]*; k++) w\[.*= e->undo.*$//' tests/isas/trap-keeps.yaml
planted attention 's/#define ATTENTION .*$/#define ATTENTION do { } while (0)/'
planted time 's/#define SYNC .*$/#define SYNC/'

# --- which engine it is, and where the compiled description is
cat >"$TMP/loop.s" <<'END'
	.org 0
	.word 0, 0, 0, 0, 0
	.org 0x10
	.entry start
start:	addi X1, X0, 100
again:	addi X1, X1, -1
	bne  X1, X0, again
	out  X1, X0, 0x30
END
engine_used() # [OPTION…]: the name of the engine, and that the program ended
{
	"$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --format json --limit 1000 "$@" >"$TMP/json" 2>"$TMP/said"
	jq -r '.engine + " " + .machines[0].stop' "$TMP/json" 2>&1
}
uses() # NAME WANTED [OPTION…]
{
	name=$1 wanted=$2
	shift 2
	got=$(engine_used "$@")
	if [ "$got" = "$wanted" ]; then pass; else fail "$name: '$got', not '$wanted'" "$TMP/said"; fi
}
uses chosen-native "native off" --engine native
uses chosen-builtin "built-in off" --engine builtin
uses chosen-walk "walk off" --engine walk
uses best "native off"

XDG_CACHE_HOME=$TMP/cache
mkdir "$TMP/cache"
uses first "native off"
kept=$(ls "$TMP"/cache/isolde/native-*.so)
[ "$(echo "$kept" | wc -l)" = 1 ] && pass || fail "one-file: $kept"
before=$(stat -c '%i %Y' "$kept")
uses again "native off"
[ "$(stat -c '%i %Y' "$kept")" = "$before" ] && pass || fail "again: compiled a second time"
# without a compiler, what is kept still serves
nothing=$TMP/no-compiler
mkdir "$nothing"
ln -s "$(command -v sh)" "$nothing/sh"
got=$(PATH=$nothing "$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --format json --limit 1000 2>/dev/null | jq -r .engine)
[ "$got" = native ] && pass || fail "kept-without-compiler: $got"
# damaged in every way: noticed, and made anew
damage() # NAME COMMAND…
{
	name=$1
	shift
	"$@"
	uses "damaged-$name" "native off"
	cmp -s "$kept" "$TMP/good" && pass || fail "damaged-$name: not made anew"
}
cp "$kept" "$TMP/good"
damage flipped sh -c "printf x | dd of='$kept' bs=1 seek=5000 conv=notrunc 2>/dev/null"
damage short truncate -s 5000 "$kept"
damage empty truncate -s 0 "$kept"
damage long sh -c "echo more >>'$kept'"
damage text sh -c "echo no shared object >'$kept'"
# two at once
rm -rf "$TMP/cache/isolde"
for n in 1 2 3; do
	"$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --format json --limit 1000 >"$TMP/at-once-$n" 2>&1 &
done
wait
for n in 1 2 3; do
	[ "$(jq -r .engine "$TMP/at-once-$n")" = native ] && pass || fail "at-once" "$TMP/at-once-$n"
done
[ "$(ls "$TMP/cache/isolde" | wc -l)" = 1 ] && pass || fail "at-once: $(ls "$TMP/cache/isolde")"
# a cache that cannot be written: a file where the directory should be (root may write everywhere)
rm -rf "$TMP/cache"
echo >"$TMP/cache"
mkdir "$TMP/tmp"
got=$(TMPDIR=$TMP/tmp engine_used)
[ "$got" = "native off" ] && pass || fail "no-cache: $got"
[ -z "$(ls "$TMP/tmp")" ] && pass || fail "no-cache: left $(ls "$TMP/tmp")"
# neither cache nor temporary directory: no file can be made, the built-in one serves
got=$(TMPDIR=$TMP/not-there engine_used)
[ "$got" = "built-in off" ] && pass || fail "no-directory: $got"
# no compiler: the built-in one; asked for by name, the reason is said
rm "$TMP/cache"
mkdir "$TMP/cache"
got=$(PATH=$nothing "$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --format json --limit 1000 2>/dev/null | jq -r .engine)
[ "$got" = built-in ] && pass || fail "no-compiler: $got"
PATH=$nothing "$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --engine native --limit 1000 >"$TMP/out" 2>&1
grep -q 'no C compiler' "$TMP/out" && pass || fail "no-compiler-said" "$TMP/out"
CC=false "$isolde" run isa-specs/g3.yaml "$TMP/loop.s" --engine native --limit 1000 >"$TMP/out" 2>&1
grep -q "'false'" "$TMP/out" && pass || fail "wrong-compiler-said" "$TMP/out"
[ -z "$(ls "$TMP/cache/isolde")" ] && pass || fail "failed-compilation: left $(ls "$TMP/cache/isolde")"
# another compiler gives the same; gcc is the usual one
if command -v clang >/dev/null; then
	CC=clang "$engines" --steps "$steps" --seed "$seed" isa-specs/g3.yaml tests/isas/ea68k.yaml tests/isas/wide36.yaml >"$TMP/out" 2>&1 && pass ||
		fail clang "$TMP/out"
fi
finish
