isolde check tests/isas/inputs.yaml --no-cache --format json | jq 'del(.. | .witness?)'
