isolde check isa-specs/rv64.yaml --no-cache --quiet --jobs 2
