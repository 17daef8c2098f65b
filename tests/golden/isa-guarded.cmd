isolde check tests/isas/guarded.yaml --no-cache --format json | jq 'del(.. | .witness?)'
