#!/bin/sh
# Includes only go down: base, text, meaning, values, certify, verdicts, mutation, cli; and values/solver_private.h alone includes z3.h.
set -eu
cd "$(dirname "$0")/.."
rank() {
	case $1 in base) echo 0 ;; text) echo 1 ;; meaning) echo 2 ;; values) echo 3 ;; certify) echo 4 ;; verdicts) echo 5 ;; mutation) echo 6 ;; cli) echo 7 ;; *) echo 9 ;; esac
}
passed=0
failed=0
for file in analyzer/*/*.c analyzer/*/*.h; do
	own=$(basename "$(dirname "$file")")
	bad=
	for target in $(sed -n 's|^#include "\.\./\([a-z]*\)/.*|\1|p' "$file"); do
		[ "$target" = .. ] && continue
		[ "$(rank "$target")" -lt "$(rank "$own")" ] || bad="$bad $target"
	done
	if grep -q 'include <z3.h>' "$file" && [ "$file" != analyzer/values/solver_private.h ]; then
		bad="$bad z3.h"
	fi
	case $file in
	analyzer/values/solver*.c) ;;
	*) ! grep -q 'include.*solver_private\.h' "$file" || bad="$bad solver_private.h" ;;
	esac
	if [ "$own" != cli ] && grep -q 'reports/' "$file" && grep -q '#include ".*reports/' "$file"; then
		bad="$bad reports"
	fi
	if [ -n "$bad" ]; then
		echo "$file includes what is not below it:$bad"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
for file in reports/*.c reports/*.h; do
	if grep -q '#include ".*analyzer/' "$file"; then
		echo "$file includes the analyzer"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "includes: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
