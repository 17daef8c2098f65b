isolde check isa-specs/g3.yaml --no-cache --instruction sie --format=json
