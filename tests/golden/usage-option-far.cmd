isolde check --zzzzzzzzz isa-specs/g3.yaml
