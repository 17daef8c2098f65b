isolde check isa-specs/g3.yaml --no-cache --all
