isolde advise tests/isas/costly-trap.yaml --scenario fast --no-cache
