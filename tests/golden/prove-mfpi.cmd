isolde prove isa-specs/g3/mfpi.yaml
