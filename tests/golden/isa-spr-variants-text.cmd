isolde check tests/isas/spr-variants.yaml --no-cache --all
