isolde check tests/golden/refuted.yaml --no-cache
