isolde check tests/isas/trap-delegation.yaml --no-cache --format json | jq 'del(.. | .witness?)'
