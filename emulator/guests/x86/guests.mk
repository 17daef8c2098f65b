# The x86 guests: make guests puts into build/guests/x86-32 and x86-64 what `isolde run` takes with these descriptions. The host's compiler makes code without
# a library for both; elsewhere X86_CC says which does.
X86 := emulator/guests/x86
X86_OUT := build/guests
X86_CC ?= gcc
X86_FLAGS := -static -no-pie -fno-pie -nostdlib -ffreestanding -mgeneral-regs-only -fcf-protection=none -falign-functions=1 -std=gnu11 -O1 \
	-Wall -Wextra -Werror -fno-stack-protector -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-n
X86_FLAGS_32 := -m32 -march=i386
X86_FLAGS_64 := -m64 -march=x86-64 -mno-red-zone

guests: $(foreach bits,32 64,$(X86_OUT)/x86-$(bits)/os.elf $(X86_OUT)/x86-$(bits)/curious.elf)

# os: three processes. curious: a fourth one, which looks at its flags.
$(X86_OUT)/x86-%/os.elf: X86_PROCESSES := 3
$(X86_OUT)/x86-%/curious.elf: X86_PROCESSES := 4
define x86_guest
$(X86_OUT)/x86-$(1)/%.elf: $(wildcard $(X86)/*) | build/.deps-test
	@mkdir -p $$(@D)
	@echo "  x86 $$@"
	@$$(X86_CC) $$(X86_FLAGS) $$(X86_FLAGS_$(1)) -DPROCESS_COUNT=$$(X86_PROCESSES) -T $$(X86)/kernel.ld \
		$$(addprefix $$(X86)/,boot-$(1).s entries.s kernel.c machine.c tables-$(1).c pages.c look.c user.c) -o $$@
endef
$(foreach bits,32 64,$(eval $(call x86_guest,$(bits))))
