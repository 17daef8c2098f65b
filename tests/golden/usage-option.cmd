isolde check --fromat json isa-specs/g3.yaml
