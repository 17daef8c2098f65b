isolde check tests/golden/unpredictable-pc.yaml --no-cache --all --adversarial
