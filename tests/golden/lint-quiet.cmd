isolde lint --quiet isa-specs/g3.yaml
