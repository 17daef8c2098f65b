# The x86 guests: make guests puts into build/guests/x86 what `isolde run isa-specs/x86-32.yaml` takes. The host's compiler makes 32-bit code without a
# library; elsewhere X86_CC says which does.
X86 := emulator/guests/x86
X86_OUT := build/guests/x86
X86_CC ?= gcc
X86_FLAGS := -m32 -march=i386 -static -no-pie -fno-pie -nostdlib -ffreestanding -mgeneral-regs-only -fcf-protection=none -falign-functions=1 -std=gnu11 -O1 \
	-Wall -Wextra -Werror -fno-stack-protector -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-n

guests: $(X86_OUT)/os.elf $(X86_OUT)/curious.elf

# os: three processes. curious: a fourth one, which looks at its flags.
$(X86_OUT)/os.elf: X86_PROCESSES := 3
$(X86_OUT)/curious.elf: X86_PROCESSES := 4
$(X86_OUT)/%.elf: $(wildcard $(X86)/*) | build/.deps-test
	@mkdir -p $(@D)
	@echo "  x86 $@"
	@$(X86_CC) $(X86_FLAGS) -DPROCESS_COUNT=$(X86_PROCESSES) -T $(X86)/kernel.ld $(X86)/boot.s $(X86)/kernel.c $(X86)/machine.c $(X86)/pages.c $(X86)/look.c $(X86)/user.c -o $@
