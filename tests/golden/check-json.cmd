isolde check isa-specs/g3.yaml --no-cache --format json | jq 'del(.. | .witness?)'
