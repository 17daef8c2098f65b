# The rv64 guests: make guests puts into build/guests/rv64 what `isolde run` takes. Cross-compiled, since Debian has a compiler.
RV64 := emulator/guests/rv64
RV64_OUT := build/guests/rv64
RV64_CC := riscv64-linux-gnu-gcc
RV64_FLAGS := -static -no-pie -fno-pie -nostdlib -ffreestanding -mcmodel=medany -march=rv64imac_zicsr_zifencei -mabi=lp64 -mno-relax \
	-std=gnu11 -O2 -g -Wall -Wextra -Werror -fno-stack-protector -fno-tree-loop-distribute-patterns -Wl,--build-id=none -Wl,--no-warn-rwx-segments
RV64_KERNEL := entry.S main.c trap.c calls.c process.c program.c space.c pages.c files.c devices.c virtio.c block.c network.c print.c
RV64_HOSTILE := $(patsubst %.S,%,$(filter-out lib.S,$(notdir $(wildcard $(RV64)/hostile/*.S))))
RV64_PROGRAMS := init sieve crc deep code crimes ping

.PHONY: guests
guests: $(addprefix $(RV64_OUT)/,kernel.elf firmware.elf board.dtb disk replies.pcap) $(RV64_HOSTILE:%=$(RV64_OUT)/hostile/%)

$(RV64_OUT)/kernel.elf: $(RV64_KERNEL:%=$(RV64)/kernel/%) $(wildcard $(RV64)/kernel/*.h) $(RV64)/calls.h $(RV64)/kernel/kernel.ld | build/.deps-test
	@mkdir -p $(@D)
	@echo "  rv64 $@"
	@$(RV64_CC) $(RV64_FLAGS) -Wl,-n -T $(RV64)/kernel/kernel.ld $(RV64_KERNEL:%=$(RV64)/kernel/%) -o $@

$(RV64_OUT)/bin/%: $(RV64)/user/%.c $(RV64)/user/start.S $(RV64)/user/lib.c $(RV64)/user/user.h $(RV64)/calls.h $(RV64)/user/user.ld | build/.deps-test
	@mkdir -p $(@D)
	@echo "  rv64 $@"
	@$(RV64_CC) $(RV64_FLAGS) -s -T $(RV64)/user/user.ld $(RV64)/user/start.S $< $(RV64)/user/lib.c -o $@

# The same bytes whoever makes it, and when.
$(RV64_OUT)/disk: $(RV64_PROGRAMS:%=$(RV64_OUT)/bin/%) $(RV64)/motd
	@echo "  tar $@"
	@cp $(RV64)/motd $(RV64_OUT)/bin/motd
	@tar --format=ustar --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=0644 -b 2 -cf $@ -C $(RV64_OUT)/bin motd $(RV64_PROGRAMS)

$(RV64_OUT)/board.dtb: $(RV64)/firmware/board.dts | build/.deps-test
	@mkdir -p $(@D)
	@echo "  dtc $@"
	@dtc -q -I dts -O dtb $< -o $@

$(RV64_OUT)/firmware.elf: $(RV64)/firmware/boot.S $(RV64_OUT)/board.dtb
	@echo "  rv64 $@"
	@$(RV64_CC) $(RV64_FLAGS) -Wl,-n -Wl,-Ttext=0x80000000 -DBOARD='"$(RV64_OUT)/board.dtb"' $< -o $@

$(RV64_OUT)/replies.pcap: $(RV64)/mkreplies.sh
	@mkdir -p $(@D)
	@sh $< $@ 3

$(RV64_OUT)/hostile/%: $(RV64)/hostile/%.S $(RV64)/hostile/lib.S | build/.deps-test
	@mkdir -p $(@D)
	@echo "  rv64 $@"
	@$(RV64_CC) $(RV64_FLAGS) -Wl,-n -Wl,-Ttext=0x80200000 $< -o $@

# For make bench: bench/start.S with a program that computes, one that calls the supervisor a million times, and one that ends at once.
.PHONY: benchmarks
benchmarks: $(addprefix $(RV64_OUT)/,compute.elf traps.elf empty.elf)
$(RV64_OUT)/compute.elf: $(RV64)/bench/compute.c
$(RV64_OUT)/traps.elf $(RV64_OUT)/empty.elf: $(RV64)/bench/traps.c
$(RV64_OUT)/empty.elf: RV64_FLAGS += -DROUNDS=0
$(RV64_OUT)/compute.elf $(RV64_OUT)/traps.elf $(RV64_OUT)/empty.elf: $(RV64)/bench/start.S $(RV64)/bench/bench.ld | build/.deps-test
	@mkdir -p $(@D)
	@echo "  rv64 $@"
	@$(RV64_CC) $(RV64_FLAGS) -Wl,-n -T $(RV64)/bench/bench.ld $(filter %.S %.c,$^) -o $@
