isolde explain isa-specs/g3/smode.yaml smode --format json
