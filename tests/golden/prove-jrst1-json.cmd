isolde prove isa-specs/g3/jrst1.yaml --instruction jrst1 --format json
