isolde check tests/golden/views.yaml --no-cache --all
