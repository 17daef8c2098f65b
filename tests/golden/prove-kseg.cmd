isolde prove tests/isas/kseg.yaml --format markdown
