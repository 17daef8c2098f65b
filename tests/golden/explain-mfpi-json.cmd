isolde explain isa-specs/g3/mfpi-any-previous.yaml mfpi --format json | jq 'del(.. | .witness?)'
