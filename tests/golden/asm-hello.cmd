isolde asm isa-specs/g3.yaml emulator/guests/g3/hello.s -o /dev/stdout && isolde disasm isa-specs/g3.yaml emulator/guests/g3/hello.s
