isolde asm isa-specs/g3.yaml tests/assembly/errors.s -o /dev/null
