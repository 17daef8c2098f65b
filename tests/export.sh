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
build/isolde export-tests isa-specs/g3.yaml -o "$TMP/none" >/dev/null 2>&1
status export-without-tests 4 $?
finish
