isolde check tests/golden/change-then-access.yaml --no-cache --all
