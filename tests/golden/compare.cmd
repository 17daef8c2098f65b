isolde compare isa-specs/g3.yaml isa-specs/g3/mfpi.yaml --no-cache
