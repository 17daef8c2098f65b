isolde check tests/golden/unknowns.yaml --no-cache --all
