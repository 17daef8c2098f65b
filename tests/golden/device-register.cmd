isolde check tests/golden/device-register.yaml --no-cache --all
