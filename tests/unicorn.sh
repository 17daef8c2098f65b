#!/bin/sh
# The MC68000, and programs of the x86 and of RISC-V, against Debian's unicorn: no unexplained difference, and a wrong description is found out. More: make validate.
cd "$(dirname "$0")/.." && . tests/lib.sh
agrees m68000 unicorn 10000 5000
for isa in x86-32 x86-64 rv64; do # of the x86 in ring 3 as the description sees them
	agrees $isa unicorn 2500 1000
done
cat >"$TMP/wrong.yaml" <<END
kind: variation
name: m68000
of: $PWD/isa-specs/m68000
instructions:
  swap:
    operation(): |
      D[dn] = {D[dn][15:0], D[dn][31:16]};
END
differs "a SWAP without condition codes" unicorn 300 swap 'SR\.[NZVC]'
finish
