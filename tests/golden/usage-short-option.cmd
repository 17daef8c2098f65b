isolde check -q isa-specs/g3.yaml
