isolde check tests/golden/unexpected.yaml --no-cache --quiet
