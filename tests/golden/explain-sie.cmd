isolde explain isa-specs/g3.yaml sie
