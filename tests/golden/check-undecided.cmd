isolde check tests/broken/base.yaml --no-cache --rlimit 1
