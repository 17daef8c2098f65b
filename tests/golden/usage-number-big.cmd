isolde check isa-specs/g3.yaml --rlimit 99999999999
