# make test: every stage of tests/run.sh. make golden-update rewrites the golden files (look at the difference before you
# keep it). make faults plants faults and asks who notices.
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_OBJECTS := $(UNIT_SOURCES:%.c=$(OUT)/%.o)
$(UNIT_OBJECTS): CFLAGS += -Wno-unused-parameter
$(OUT)/unit-tests: $(UNIT_OBJECTS) $(LIB_OBJECTS)
	$(CC) $(CFLAGS) $^ $(LIBS) -lcriterion -o $@
-include $(UNIT_OBJECTS:.o=.d)

.PHONY: unit golden-update faults
unit: $(OUT)/unit-tests
test: build/isolde unit
	+sh tests/run.sh
golden-update: build/isolde
	sh tests/golden.sh --update
	sh tests/broken.sh --update
faults:
	sh tests/faults/run.sh

check bench crosscheck fresh: build/isolde
	@echo "no target '$@' yet"; false
