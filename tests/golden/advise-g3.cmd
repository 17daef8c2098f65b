isolde advise isa-specs/g3.yaml --no-cache
