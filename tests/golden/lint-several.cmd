isolde lint isa-specs/g3.yaml tests/broken/base.yaml tests/broken/149-overlap.yaml
