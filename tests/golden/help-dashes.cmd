isolde --help
