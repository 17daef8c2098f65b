isolde prove tests/isas/trap-complete-other.yaml --all
