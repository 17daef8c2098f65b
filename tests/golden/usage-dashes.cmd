isolde check --no-cache --quiet -- isa-specs/g3.yaml
