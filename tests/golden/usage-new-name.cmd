isolde new 12
