isolde check tests/golden/variants-whole.yaml --no-cache --all
