isolde prove isa-specs/m68000.yaml --instruction addi.l --all && isolde prove isa-specs/m68000.yaml --instruction dbcc
