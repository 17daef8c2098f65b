isolde advise tests/isas/substitute-more.yaml --scenario plain --no-cache
