isolde explain isa-specs/g3.yaml spsw --profile extended --format json | jq 'del(.. | .witness?)'
