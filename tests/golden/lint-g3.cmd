isolde lint isa-specs/g3.yaml
