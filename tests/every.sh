#!/bin/sh
# Runs `isolde check` and `isolde prove` with these options on every shipped machine, and shows what stands behind its verdicts. Exit status 1 if another
# solver disagrees or a proof is refused; what stays without a certificate or an answer is listed.
cd "$(dirname "$0")/.." || exit 1
disagrees=0
for spec in isa-specs/*.yaml isa-specs/g3/*.yaml; do
	grep -q '^kind: part' "$spec" && continue
	for command in check prove; do
		echo "== $command $spec"
		start=$(date +%s)
		build/isolde $command "$spec" --no-cache --quiet --jobs "${JOBS:-2}" "$@" >build/every.out
		[ $? = 5 ] && disagrees=1
		sed -n '/^evidence/,$p' build/every.out
		echo "  $(($(date +%s) - start)) s"
	done
done
exit $disagrees
