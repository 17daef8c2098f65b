isolde check tests/isas/guarded.yaml --no-cache --all
