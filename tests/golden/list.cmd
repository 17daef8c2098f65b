isolde list isa-specs/g3
