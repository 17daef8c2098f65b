isolde version
