isolde man
