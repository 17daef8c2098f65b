isolde lint no-such-file.yaml
