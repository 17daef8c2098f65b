#!/bin/sh
# What must trap on a real implementation, as programs (isolde export-tests): our own machine and QEMU pass them, and a test that does not trap is told by
# its number.
cd "$(dirname "$0")/.." && . tests/lib.sh
for scenario in kernel passthrough; do
	build/isolde export-tests isa-specs/rv64.yaml --scenario $scenario -o "$TMP/out" >"$TMP/said" 2>&1
	status "export-$scenario" 0 $?
done
for source in "$TMP"/out/*.s; do
	count=$(grep -c '^test[24] ' "$source")
	if [ "$count" -gt 100 ]; then pass; else fail "$source: only $count tests"; fi
done
# the third test of the first program is one that completes
set -- "$TMP"/out/*-in-U.s
awk '/^test[24] /{ if (++n == 3) { print "test4 0x13"; next } } { print }' "$1" >"$TMP/out/wrong.s"
make -s -C "$TMP/out" >"$TMP/made" 2>&1
status export-build 0 $?
run() # ELF: exit status on QEMU, then on our machine
{
	timeout 120 qemu-system-riscv64 -machine virt -bios none -nographic -kernel "$1" </dev/null >/dev/null 2>&1
	printf '%s ' $?
	timeout 120 build/isolde run isa-specs/rv64.yaml "$1" --limit 1M --format json </dev/null | jq -r '.machines[0] | "\(.stop) \(.exit_code)"'
}
for elf in "$TMP"/out/rv64-*.elf; do
	run "$elf" >"$TMP/ended"
	echo "0 off 0" >"$TMP/wanted"
	same "$(basename "$elf")" "$TMP/wanted" "$TMP/ended"
done
run "$TMP/out/wrong.elf" >"$TMP/ended"
echo "3 off 3" >"$TMP/wanted"
same export-wrong "$TMP/wanted" "$TMP/ended"

# x86: on QEMU without KVM, which tells 2n+1, and on our machine
build/isolde export-tests isa-specs/x86-32.yaml --scenario ring3 -o "$TMP/x86" >"$TMP/said" 2>&1
status export-x86 0 $?
awk '/^test [0-9]/{ if (++n == 14) { print "test 1, 0x90"; next } } { print }' "$TMP"/x86/x86-32-*.s >"$TMP/x86/wrong.s"
make -s -C "$TMP/x86" >"$TMP/made" 2>&1
status export-x86-build 0 $?
run_x86() # NAME WANTED: exit status on QEMU, then on our machine
{
	timeout 120 qemu-system-i386 -accel tcg -display none -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$TMP/x86/$1.elf" >/dev/null 2>&1
	printf '%s ' $? >"$TMP/ended"
	timeout 120 build/isolde run isa-specs/x86-32.yaml "$TMP/x86/$1.elf" --engine walk --limit 1M --format json </dev/null | jq -r '.machines[0] | "\(.stop) \(.exit_code)"' >>"$TMP/ended"
	echo "$2" >"$TMP/wanted"
	same "export-x86-$1" "$TMP/wanted" "$TMP/ended"
}
run_x86 x86-32-ring3-must-trap-in-ring3 '1 off 0'
run_x86 wrong '29 off 14'
if [ "$(grep -c '^test [0-9]' "$TMP"/x86/x86-32-*.s)" -gt 20 ]; then pass; else fail "export-x86: few tests"; fi

build/isolde export-tests isa-specs/g3.yaml -o "$TMP/none" >/dev/null 2>&1
status export-without-tests 4 $?
finish
