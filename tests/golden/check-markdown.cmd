isolde check isa-specs/g3.yaml --no-cache --format markdown | awk '/^```/ { inside = !inside; print; next } !inside'
