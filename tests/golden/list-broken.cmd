isolde list tests/broken/parts
