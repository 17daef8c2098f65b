isolde check isa-specs/g3.yaml --format xml
