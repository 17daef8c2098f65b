isolde check tests/broken/028-unknown-key.yaml --no-cache
