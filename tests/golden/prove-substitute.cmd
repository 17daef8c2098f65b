isolde prove tests/isas/substitute.yaml
