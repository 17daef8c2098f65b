isolde check tests/golden/variants.yaml --no-cache --all
