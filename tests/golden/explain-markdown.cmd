isolde explain isa-specs/g3/lra-open.yaml lra --format markdown
