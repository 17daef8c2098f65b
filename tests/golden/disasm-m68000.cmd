isolde disasm isa-specs/m68000.yaml tests/assembly/m68000.s
