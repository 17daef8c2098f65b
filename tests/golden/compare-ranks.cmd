isolde compare tests/isas/expect-ranks.yaml --no-cache
