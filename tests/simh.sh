#!/bin/sh
# The PDP-10 against Debian's simh, a KS10: no unexplained difference, and a wrong description is found out. More: make validate.
cd "$(dirname "$0")/.." && . tests/lib.sh
timeout 300 build/isolde validate isa-specs/pdp10.yaml --oracle simh --steps 4000 --format json >"$TMP/json" 2>"$TMP/shown"
code=$?
if [ $code = 0 ]; then pass; else fail "pdp10 differs from simh, exit status $code" "$TMP/shown"; fi
compared=$(jq .compared "$TMP/json")
if [ "${compared:-0}" -gt 3500 ]; then pass; else fail "only ${compared:-0} steps were compared"; fi
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
timeout 100 build/isolde validate "$TMP/wrong.yaml" --oracle simh --steps 60 --instruction jsp >"$TMP/table" 2>"$TMP/shown"
code=$?
if [ $code = 1 ] && grep -q 'AC\[' "$TMP/shown"; then pass; else fail "a JSP without flags was not found, exit status $code" "$TMP/shown"; fi
PATH=/nowhere build/isolde validate isa-specs/pdp10.yaml --oracle simh >"$TMP/out" 2>&1
if [ $? = 3 ] && grep -q ': 0 steps compared: there is no pdp10' "$TMP/out"; then pass; else fail "where there is no simh" "$TMP/out"; fi
finish
