isolde check tests/golden/unknown-calls.yaml --no-cache --all
