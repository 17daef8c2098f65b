#!/bin/sh
# The MC68000, and programs of the x86, against Debian's unicorn: no unexplained difference, and a wrong description is found out. More: make validate.
cd "$(dirname "$0")/.." && . tests/lib.sh
build/isolde validate isa-specs/m68000.yaml --oracle unicorn --steps 10000 --format json >"$TMP/json" 2>"$TMP/shown"
code=$?
if [ $code = 0 ]; then pass; else fail "m68000 differs from unicorn, exit status $code" "$TMP/shown"; fi
compared=$(jq .compared "$TMP/json")
if [ "${compared:-0}" -gt 5000 ]; then pass; else fail "only ${compared:-0} steps were compared"; fi
cat >"$TMP/wrong.yaml" <<END
kind: variation
name: m68000
of: $PWD/isa-specs/m68000
instructions:
  swap:
    operation(): |
      D[dn] = {D[dn][15:0], D[dn][31:16]};
END
build/isolde validate "$TMP/wrong.yaml" --oracle unicorn --steps 300 --instruction swap >"$TMP/table" 2>"$TMP/shown"
code=$?
if [ $code = 1 ] && grep -q 'SR\.[NZVC]' "$TMP/shown"; then pass; else fail "a SWAP without condition codes was not found, exit status $code" "$TMP/shown"; fi
# Programs: of the x86 in ring 3 as the description sees them, of RISC-V.
for isa in x86-32 x86-64 rv64; do
	build/isolde validate isa-specs/$isa.yaml --oracle unicorn --steps 2500 --format json >"$TMP/json" 2>"$TMP/shown"
	code=$?
	if [ $code = 0 ]; then pass; else fail "$isa differs from unicorn, exit status $code" "$TMP/shown"; fi
	compared=$(jq .compared "$TMP/json")
	if [ "${compared:-0}" -gt 1000 ]; then pass; else fail "$isa: only ${compared:-0} steps were compared"; fi
done
finish
