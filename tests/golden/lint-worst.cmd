isolde lint tests/broken/149-overlap.yaml tests/broken/028-unknown-key.yaml tests/broken/base.yaml
