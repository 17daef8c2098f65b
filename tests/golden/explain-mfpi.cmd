isolde explain isa-specs/g3/mfpi-any-previous.yaml mfpi
