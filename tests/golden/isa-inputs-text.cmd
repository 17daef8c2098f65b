isolde check tests/isas/inputs.yaml --no-cache --all
