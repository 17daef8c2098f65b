isolde chek isa-specs/g3.yaml
