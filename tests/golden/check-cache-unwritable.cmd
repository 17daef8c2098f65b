isolde check isa-specs/g3.yaml --quiet --cache /proc/nowhere
