isolde list --devices
