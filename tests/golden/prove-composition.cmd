isolde prove tests/golden/composition.yaml --instruction lrb
