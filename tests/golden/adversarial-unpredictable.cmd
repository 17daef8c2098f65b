isolde check tests/isas/unpredictable.yaml --no-cache --all --adversarial
