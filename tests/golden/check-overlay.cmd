isolde check isa-specs/g3.yaml --no-cache --overlay tests/golden/repair.yaml
