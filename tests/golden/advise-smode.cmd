isolde advise isa-specs/g3/smode.yaml --no-cache
