test check bench crosscheck fresh: build/isolde
	@echo "no target '$@' yet"; false
