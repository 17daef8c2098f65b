isolde prove tests/isas/tables.yaml
