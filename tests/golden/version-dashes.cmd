isolde --version
