isolde prove tests/isas/reservation.yaml
