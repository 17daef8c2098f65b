isolde lint --codes
