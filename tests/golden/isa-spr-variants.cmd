isolde check tests/isas/spr-variants.yaml --no-cache --format json | jq 'del(.. | .witness?)'
