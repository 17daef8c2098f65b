isolde check tests/isas/trap-delegation.yaml --no-cache --all
