isolde check isa-specs/g3.yaml --jobs 0
