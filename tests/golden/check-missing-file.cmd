isolde check no-such-file.yaml --no-cache
