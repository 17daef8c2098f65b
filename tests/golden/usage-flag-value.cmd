isolde check isa-specs/g3.yaml --quiet=yes
