isolde prove isa-specs/g3.yaml
