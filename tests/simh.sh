#!/bin/sh
# The PDP-10 against Debian's simh, a KS10: no unexplained difference, and a wrong description is found out. More: make validate.
cd "$(dirname "$0")/.." && . tests/lib.sh
agrees pdp10 simh 4000 3500
cat >"$TMP/wrong.yaml" <<END
kind: variation
name: pdp10
of: $PWD/isa-specs/pdp10
instructions:
  jsp:
    operation(): |
      AC[a] = {18'd0, \$pc + 18'd1};
      FLAGS.BIS = 0;
      \$pc = ea(\$encoding);
END
differs "a JSP without flags" simh 60 jsp 'AC\['
# wrong NAME WHAT…: where traps lead
wrong()
{
	printf 'kind: variation\nname: pdp10\nof: %s/isa-specs/pdp10\n%s\n' "$PWD" "$2" >"$TMP/wrong.yaml"
	differs "$1" simh 200 "$3" "$4"
}
wrong "an MUUO that goes to 60" 'functions: {"Bits<18> handler_at(ExceptionCode cause)": "return 0o61;"}' muuo '^ *\[0x'
wrong "an MUUO with another address" 'instructions: {muuo: {"operation()": "raise(Cause::Muuo, ea($encoding) + 1);"}}' muuo '^ *trap value'
wrong "storage that is not there taken for protected" 'trap_entry(cause, pc, value): "APR.protection = 1; PC = pc + 1;"' move 'APR.no_memory'
PATH=/nowhere build/isolde validate isa-specs/pdp10.yaml --oracle simh >"$TMP/out" 2>&1
if [ $? = 3 ] && grep -q ': 0 steps compared: there is no pdp10' "$TMP/out"; then pass; else fail "where there is no simh" "$TMP/out"; fi
finish
