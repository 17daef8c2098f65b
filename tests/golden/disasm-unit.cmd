isolde disasm isa-specs/g3.yaml tests/assembly/unit.img
