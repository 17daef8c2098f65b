isolde ir isa-specs/g3.yaml nope
