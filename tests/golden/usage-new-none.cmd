isolde new
