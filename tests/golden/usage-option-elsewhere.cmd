isolde lint --jobs 2 isa-specs/g3.yaml
