# make demo | test | check | bench | crosscheck | fresh | clean     (README.md says what each is for)
# BUILD=debug|release|san chooses build/$(BUILD); build/isolde is the release binary.
BUILD ?= release
OUT := build/$(BUILD)
VERSION := 0.1

BASE := arena bits diag
TEXT := yaml lexer parser
MEANING := op ir ir_print ir_read ir_verify isa load load_value load_document load_family load_state load_platform load_encoding load_scenario load_expect \
	load_assembly load_words load_mnemonic \
	lower lower_value lower_expr lower_operator lower_place lower_statement lower_call lower_access lower_builtin lower_operand operand_kind
VALUES := domain walk walk_translation walk_access concrete ranges formula formula_write solver solver_terms solver_arrays solver_split solver_suppose solver_settle solver_usual solver_model solver_formula \
	solver_listen solver_script
CERTIFY := circuit blast reduce drat process certify evidence
VERDICTS := template definitions commute entry replay condition classify classify_ask classify_states classify_result square machine settings repair must_trap composition coverage induction allocation theorem theorems expectations explain claims encodings
MUTATION := sites edit equivalent
CLI := options cache jobs check prove advise export explain new small asm order run watch validate trial compare main
CLI += mutate describe report book diff record step
# emulator/: the machine and its engines, devices, programs, watching, the monitor
MACHINE := storage machine engine walk_engine session
NATIVE := plan prelude emit emit_expr emit_statement emit_access compile cache tcc contexts memory code native
DEVICES := device dma console disk net timer power ns16550a clint plic virtio virtio_block virtio_net host capture
IMAGES := decode image elf text expression symbols encode match directive output assemble disassemble sweep
WATCH := view trace debug debug_words debug_run debug_break debug_watch debug_state debug_memory debug_about debug_terminal gdb gdb_registers gdb_wire
ORACLES := oracle campaign start shrink explained states virtual host kvm unicorn unicorn_m68k unicorn_x86 unicorn_riscv x86_state x86_prepare m68k_state registers worker gdb_client qemu qemu_m68k qemu_riscv riscv_prepare qemu_x86 qemu_x86_load qemu_x86_refusal simh ks10 ks10_path
MONITOR := allocator shadow sources dispatcher guard interpreter lockstep monitor patch stretches switch
REPORTS := evidence mutate common sink text explain markdown run prove advise
REPORTS += words book corners assets page svg_encoding svg_square svg_chart html_report html_first html_changes html_matrix html_instruction html_witness \
	html_state html_chart html_index finding baseline sarif junit diff markdown_report recording html_recording step

LIB_SOURCES := $(BASE:%=analyzer/base/%.c) $(TEXT:%=analyzer/text/%.c) $(MEANING:%=analyzer/meaning/%.c) \
	$(VALUES:%=analyzer/values/%.c) $(CERTIFY:%=analyzer/certify/%.c) $(VERDICTS:%=analyzer/verdicts/%.c) $(MUTATION:%=analyzer/mutation/%.c) $(REPORTS:%=reports/%.c) \
	$(MACHINE:%=emulator/%.c) $(NATIVE:%=emulator/native/%.c) $(DEVICES:%=emulator/devices/%.c) \
	$(IMAGES:%=emulator/images/%.c) $(WATCH:%=emulator/watch/%.c) $(MONITOR:%=emulator/monitor/%.c) \
	$(ORACLES:%=emulator/oracles/%.c)
SOURCES := $(LIB_SOURCES) $(CLI:%=analyzer/cli/%.c)
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OUT)/%.o)

CC ?= gcc
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
MODE_release := -O2 -g
MODE_debug := -O0 -g -DISOLDE_REREAD
MODE_san := -O1 -g -DISOLDE_REREAD -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) $(MODE_$(BUILD)) $(EXTRA)
LIBS = $(shell pkg-config --libs unicorn 2>/dev/null) -lyaml -lz3 -ljansson -lmd -lelf -lpcap -ledit -ltcc -ldl -lpthread
# Kept results belong to one build of the program: a change of any source makes them worthless.
STAMP = $(shell cat $(SOURCES) $(wildcard analyzer/*/*.h analyzer/*/*.def emulator/*.h emulator/*/*.h) | sha256sum | cut -c1-16)

.PHONY: all demo test check bench crosscheck fresh clean deps
all: build/isolde

build/.deps:
	sh tests/deps.sh
	@mkdir -p build && touch $@
build/.deps-test: build/.deps
	sh tests/deps.sh test
	@touch $@
deps: build/.deps

$(OUT)/%.o: %.c | build/.deps
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -DISOLDE_VERSION='"$(VERSION)"' -MMD -MP -c $< -o $@
$(OUT)/analyzer/cli/cache.o: CFLAGS += -DISOLDE_BUILD='"$(STAMP)"'
$(OUT)/analyzer/cli/cache.o: $(SOURCES)
$(OUT)/reports/assets.o: $(wildcard reports/assets/*)
$(OUT)/emulator/native/prelude.o: emulator/native/abi.h
# Optional, and there only when tests are wanted: what was compiled without it is compiled again.
UNICORN := $(shell pkg-config --modversion unicorn 2>/dev/null || echo none)
build/.unicorn-$(UNICORN):
	@mkdir -p build && rm -f build/.unicorn-* && touch $@
$(filter $(OUT)/emulator/oracles/unicorn%,$(OBJECTS)): build/.unicorn-$(UNICORN)
$(OUT)/isolde: $(OBJECTS)
	@echo "  ld $@"
	@$(CC) $(CFLAGS) $^ $(LIBS) -o $@
build/isolde: $(OUT)/isolde
	@cp -f $< $@
-include $(OBJECTS:.o=.d)

demo: build/isolde
	sh tests/demo.sh

include emulator/guests/rv64/guests.mk emulator/guests/x86/guests.mk
include tests/tests.mk

clean:
	rm -rf build
