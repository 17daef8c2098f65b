#!/bin/sh
# Programs: images are read back as they were written, a disassembled program is assembled to the same one, rv64 is written as binutils write it, and
# no file, however damaged, does more than be refused. (That every encoding of every description comes back: tests/unit/assembly.c.)
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=${ISOLDE:-build/isolde}
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
guests=emulator/guests/g3

# --- there and back ---
# units IMAGE: what it holds, without names
units()
{
	grep -v '^symbol ' "$1"
}
for source in $guests/os.s $guests/bench.s $guests/trapbench.s $guests/hello.s $guests/hostile/*.s; do
	"$isolde" asm isa-specs/g3.yaml "$source" -o "$TMP/one.img" 2>"$TMP/err" || fail "$source: not assembled" "$TMP/err"
	"$isolde" disasm isa-specs/g3.yaml "$TMP/one.img" >"$TMP/two.s"
	"$isolde" asm isa-specs/g3.yaml "$TMP/two.s" -o "$TMP/two.img" 2>"$TMP/err" || fail "$source: not assembled again" "$TMP/err"
	units "$TMP/one.img" >"$TMP/one"
	units "$TMP/two.img" >"$TMP/two"
	same "$source" "$TMP/one" "$TMP/two"
done
cat >"$TMP/rv64.s" <<'END'
	.org 0x80000000
	.equ here, 2f - start
	.entry start
start:	LUI  A0, 0x12345
1:	beq  x10, zero, 1b
	jal  ra, 2f             # forwards
	lw   a0, -8(sp)
	csrrw t0, MSTATUS, x0
	amoadd.w a0, a1, (a2) {aq=1}
	.byte here, 'x', '\'', -1
	.half here * 2, ~0
2:	.dword start, 1b + (3 << 4) % 7
	.asciz "#\"\x41"
	.align 8
	.ascii "z" ; .ascii "not reached"
END
"$isolde" asm isa-specs/rv64.yaml "$TMP/rv64.s" -o "$TMP/rv64.img" || fail "rv64.s: not assembled"
"$isolde" run isa-specs/rv64.yaml "$TMP/rv64.img" --engine walk --limit 2 >"$TMP/out" 2>&1
if grep -q 'pc 0x80000008' "$TMP/out"; then pass; else fail "rv64.img: does not start where .entry says" "$TMP/out"; fi
tr '\n' ' ' <"$TMP/rv64.img" | sed 's/.*segment [0-9a-f]* [0-9a-f]* [0-9a-f]* //' | tr -s ' ' '\n' | sed 's/^.$/0&/' | tr -d '\n' >"$TMP/bytes"
cat >"$TMP/ras.s" <<'END'
start:	lui  a0, 0x12345
1:	beq  a0, zero, 1b
	jal  ra, 2f
	lw   a0, -8(sp)
	csrrw t0, mstatus, zero
	amoadd.w.aq a0, a1, (a2)
	.byte 0x20, 'x', '\'', -1
	.half 0x40, 0xffff
2:	.dword 0x80000000, 0x80000000 + 4 + 6
	.asciz "#\"A"
	.balign 8, 0
	.ascii "z"
END
riscv64-linux-gnu-as -march=rv64ima_zicsr -mno-relax "$TMP/ras.s" -o "$TMP/ras.o" && riscv64-linux-gnu-objcopy -O binary -j .text "$TMP/ras.o" "$TMP/ras.bin"
od -An -v -tx1 "$TMP/ras.bin" | tr -d ' \n' | head -c "$(wc -c <"$TMP/bytes")" >"$TMP/wanted" # behind it they fill with nops
same "rv64.s as binutils assemble it" "$TMP/wanted" "$TMP/bytes"

# --- binutils disassemble random encodings to the same text ---
[ -n "${ISOLDE:-}" ] || for seed in 1 2; do
	python3 tests/objdump.py $seed 40000 >"$TMP/out"
	compared=$(sed -n 's/ same, 0 different, .* mnemonics$//p' "$TMP/out")
	if [ "${compared:-0}" -gt 15000 ]; then pass; else fail "objdump-$seed" "$TMP/out"; fi
done


# --- x86: the same with binutils' Intel syntax ---
# x86 ISA WAY-TO-ASSEMBLE LINKER'S-NAME COUNT
x86()
{
	(echo '	.intel_syntax noprefix' && cat tests/assembly/$1.s) >"$TMP/x86.s"
	as $2 "$TMP/x86.s" -o "$TMP/x86.o" && ld -m $3 -Ttext=0 -e 0 "$TMP/x86.o" -o "$TMP/x86.elf" && objcopy -O binary -j .text "$TMP/x86.elf" "$TMP/x86.bin"
	od -An -v -tx1 "$TMP/x86.bin" | tr -d ' \n' >"$TMP/wanted"
	"$isolde" asm isa-specs/$1.yaml tests/assembly/$1.s -o "$TMP/x86.img" 2>"$TMP/err" || fail "$1.s" "$TMP/err"
	tr '\n' ' ' <"$TMP/x86.img" | sed 's/.*segment [0-9a-f]* [0-9a-f]* [0-9a-f]* //' | tr -s ' ' '\n' | sed 's/^.$/0&/' | tr -d '\n' >"$TMP/bytes"
	same "$1.s as binutils assemble it" "$TMP/wanted" "$TMP/bytes"
	[ -n "${ISOLDE:-}" ] || for seed in 1 2; do
		python3 tests/objdump-x86.py $1 $seed 6000 >"$TMP/out"
		compared=$(sed -n 's/ same, 0 different, .*$//p' "$TMP/out")
		if [ "${compared:-0}" -gt $4 ]; then pass; else fail "objdump-$1-$seed" "$TMP/out"; fi
	done
}
# refuses ISA SOURCE MESSAGE…
refuses()
{
	isa=$1
	printf "$2" >"$TMP/wrong.s"
	shift 2
	"$isolde" asm isa-specs/$isa.yaml "$TMP/wrong.s" -o "$TMP/x86.img" >"$TMP/out" 2>&1
	status "$isa: wrong" 4 $?
	for message; do
		if grep -q "$message" "$TMP/out"; then pass; else fail "$isa: no '$message'" "$TMP/out"; fi
	done
}
x86 x86-32 --32 elf_i386 4000
x86 x86-64 --64 elf_x86_64 2500
refuses x86-32 '\tmov ax, ebx\n\tlock hlt\n' 'these operands do not go together' "'hlt' does not take this prefix"
refuses x86-64 '\tmov ah, r8b\n\tmov rax, ebx\n' "they differ in 'rex'" "they differ in 'rex_w'"

# --- ELF ---
printf '\t.globl _start\n_start:\tli a0, 7\n\tret\n\t.data\nvalue:\t.dword 5\n\t.bss\nroom:\t.skip 64\n' >"$TMP/elf.s"
riscv64-linux-gnu-as "$TMP/elf.s" -o "$TMP/elf.o" && riscv64-linux-gnu-ld -n --no-warn-rwx-segments -Ttext=0x80000000 "$TMP/elf.o" -o "$TMP/elf"
"$isolde" disasm isa-specs/rv64.yaml "$TMP/elf" >"$TMP/out" 2>&1
for line in '	.entry 0x80000000' _start: value: '	addi a0, zero, 7 ' '	.space 64'; do
	if grep -q "^$line" "$TMP/out"; then pass; else fail "elf: no line '$line'" "$TMP/out"; fi
done
# refused NAME WORDS COMMAND…: input that is refused, with a message
refused()
{
	name=$1
	words=$2
	shift 2
	"$isolde" "$@" >"$TMP/out" 2>&1
	status "$name" 4 $?
	if grep -q "$words" "$TMP/out"; then pass; else fail "$name: '$words' is not said" "$TMP/out"; fi
}
refused elf-object 'must be linked' disasm isa-specs/rv64.yaml "$TMP/elf.o"
refused elf-words 'machines that address bytes' disasm isa-specs/g3.yaml "$TMP/elf"
refused elf-order 'byte order' disasm tests/isas/big-endian.yaml "$TMP/elf"
refused elf-place 'do not fit into storage' run isa-specs/rv64.yaml "$TMP/elf" --engine walk --memory 1 --limit 1
refused no-file 'E_FILE' disasm isa-specs/g3.yaml "$TMP/nothing"
refused directory 'E_FILE' asm isa-specs/g3.yaml "$TMP"
printf '\t.include "loop.s"\n' >"$TMP/loop.s"
refused include-loop 'E_LIMIT' asm isa-specs/g3.yaml "$TMP/loop.s"
printf '\t.org 0\n\t.space 0xffffffffffffffff\n\t.word 1\n' >"$TMP/space.s"
refused space 'E_RANGE' asm isa-specs/rv64.yaml "$TMP/space.s"
{ printf '\t.dword 0'; yes ,0 | head -n 2200000 | tr -d '\n'; } >"$TMP/large.s"
refused large 'E_LIMIT' asm isa-specs/rv64.yaml "$TMP/large.s"
{ printf '\t.word '; head -c 100000 /dev/zero | tr '\0' '('; } >"$TMP/deep.s"
refused deep 'E_LIMIT' asm isa-specs/g3.yaml "$TMP/deep.s"
printf 'a:\t.equ b, c + 1\n\t.equ c, b + 1\n' >"$TMP/circle.s"
refused circle 'E_' asm isa-specs/g3.yaml "$TMP/circle.s"
printf '\t.space 1 - b\nb:\t.word 0\n' >"$TMP/restless.s"
refused restless 'E_LIMIT' asm isa-specs/g3.yaml "$TMP/restless.s"

# --- damaged files ---
# damaged NAME FILE COUNT COMMAND…: each copy is accepted or refused, in time
damaged()
{
	name=$1
	file=$2
	count=$3
	shift 3
	rm -rf "$TMP/damaged"
	mkdir "$TMP/damaged"
	python3 tests/mutate.py "$file" "$TMP/damaged" "$count" 1
	for copy in "$TMP"/damaged/*; do
		timeout 20 "$isolde" "$1" "$2" "$copy" >"$TMP/out" 2>&1
		case $? in
		0) pass ;;
		4) if [ -s "$TMP/out" ]; then pass; else fail "$name: refused without a message"; fi ;;
		*) cp "$copy" "/tmp/isolde-damaged-$name" && fail "$name: $copy (kept in /tmp/isolde-damaged-$name)" "$TMP/out" ;;
		esac
	done
}
"$isolde" asm isa-specs/g3.yaml $guests/hello.s -o "$TMP/hello.img"
cp "$TMP/elf" "$TMP/elf.bin"
damaged source $guests/hostile/dma-net.s 60 disasm isa-specs/g3.yaml
damaged source-rv64 "$TMP/rv64.s" 40 disasm isa-specs/rv64.yaml
damaged source-operands tests/assembly/operands.s 40 disasm tests/isas/modrm.yaml
damaged image "$TMP/hello.img" 60 disasm isa-specs/g3.yaml
damaged elf "$TMP/elf.bin" 60 disasm isa-specs/rv64.yaml
finish
