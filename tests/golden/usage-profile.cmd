isolde check isa-specs/g3.yaml --profile 1975
