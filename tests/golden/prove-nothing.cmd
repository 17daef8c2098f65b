isolde prove
