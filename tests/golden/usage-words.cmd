isolde check isa-specs/g3.yaml isa-specs/g3.yaml
