isolde lint
