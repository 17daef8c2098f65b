isolde check isa-specs --no-cache
