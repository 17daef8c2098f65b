isolde help
