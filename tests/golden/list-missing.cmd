isolde list no-such-directory
