isolde prove --theorem
