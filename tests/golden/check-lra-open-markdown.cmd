isolde check isa-specs/g3/lra-open.yaml --no-cache --format markdown | awk '/^```/ { inside = !inside; print; next } !inside'
