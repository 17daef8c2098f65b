# make test: every stage of tests/run.sh. make golden-update rewrites the golden files (look at the difference before you
# keep it). make faults plants faults and asks who notices.
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(OUT)/%.o)
$(UNIT_OBJECTS): build/.deps-test
$(UNIT_OBJECTS): CFLAGS += -Wno-unused-parameter
$(OUT)/unit-tests: $(UNIT_OBJECTS) $(LIB_OBJECTS)
	$(CC) $(CFLAGS) $^ $(LIBS) -lcriterion -o $@
-include $(UNIT_OBJECTS:.o=.d)

ENGINES_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/engines/*.c))
$(OUT)/engines-test: $(ENGINES_OBJECTS) $(LIB_OBJECTS)
	@$(CC) $(CFLAGS) $^ $(LIBS) -o $@
-include $(ENGINES_OBJECTS:.o=.d)

# Shares nothing with the analyzer, its flags included.
build/crosscheck: $(wildcard tests/crosscheck/*.[ch]) | build/.deps
	$(CC) -std=c11 -O2 -g $(filter %.c,$^) -ljansson -o $@

# The checker of refutations, by itself.
build/drat-check: analyzer/certify/drat.c analyzer/certify/drat_main.c analyzer/certify/drat.h | build/.deps
	$(CC) $(CFLAGS) $(filter %.c,$^) -o $@

techniques: build/isolde
	sh tests/techniques.sh
.PHONY: unit golden-update faults techniques recheck certify mutation pdf
unit: $(OUT)/unit-tests
# What was just installed is seen by a make that begins afterwards.
test: build/.deps-test
	+$(MAKE) --no-print-directory tested
.PHONY: tested
tested: build/isolde guests unit build/crosscheck build/drat-check $(OUT)/engines-test
	+sh tests/run.sh
golden-update: build/isolde
	sh tests/golden.sh --update
	sh tests/broken.sh --update
faults:
	sh tests/faults/run.sh
crosscheck: build/isolde build/crosscheck $(OUT)/engines-test
	sh tests/crosscheck.sh 1..1000
	sh tests/qemu.sh 1..50
	sh tests/engines.sh 100000
# Every obligation of every shipped machine: refuted with a checked proof; asked of another solver (SOLVER, default cvc5).
certify: build/.deps-test build/isolde
	sh tests/every.sh --certify
# Planted faults in the descriptions of g3 and rv64: what notices each, and every one that nothing notices.
mutation: build/isolde
	sh tests/mutation.sh --all
recheck: build/.deps-test build/isolde
	sh tests/every.sh --recheck --recheck-with "$(or $(SOLVER),cvc5)"
check: build/isolde
	sh tests/run.sh includes schemas
# The pages of make demo as PDF, by the browser's print.
pdf: build/.deps-test build/isolde
	sh tests/pdf.sh build/report
bench: build/isolde
	sh tests/bench.sh
	sh tests/bench-machine.sh
fresh:
	sh tests/fresh.sh

# A million and more steps against implementations that nobody here wrote (tests/README.md).
.PHONY: validate
validate: build/isolde
	sh tests/campaigns.sh

# Squares and monitor, held against each other on every shipped machine.
.PHONY: trials
trials: build/isolde
	for isa in g3 rv64 m68000 m68010 pdp10 x86-32; do \
		build/isolde validate isa-specs/$$isa.yaml --monitor trap-and-emulate --quiet --steps 100000 || exit 1; \
	done

.PHONY: reports
reports: build/isolde
	DEMO=all sh tests/demo.sh
