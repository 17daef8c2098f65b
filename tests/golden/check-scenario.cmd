isolde check tests/broken/three.yaml --no-cache --scenario guest
