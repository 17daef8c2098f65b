isolde advise tests/isas/substitute.yaml --scenario plain --format json --no-cache
