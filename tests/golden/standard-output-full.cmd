isolde check isa-specs/g3.yaml --no-cache >/dev/full
