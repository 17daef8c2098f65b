#!/bin/sh
# make validate: a million and more steps of each machine against each independent implementation of it, two campaigns side by side (JOBS=N: so many).
# Tables, with shrunk differences behind them, are left in build/validate/ISA-ORACLE.txt. STEPS=N makes every campaign so long instead.
cd "$(dirname "$0")/.." || exit 2

if [ "${1-}" = one ]; then # ISA ORACLE STEPS
	out=build/validate/$2-$3.txt began=$(date +%s)
	build/isolde validate "isa-specs/$2.yaml" --oracle "$3" --steps "${STEPS:-$4}" >"$out" 2>"$out.shown"
	code=$?
	cat "$out.shown" >>"$out" && rm -f "$out.shown"
	echo "$(grep "^$2 against $3:" "$out" || tail -n 1 "$out") ($(($(date +%s) - began)) s, exit status $code)"
	exit $code
fi

# The slowest first: the last ones fill the gaps.
mkdir -p build/validate && xargs -P "${JOBS:-2}" -L 1 sh tests/campaigns.sh one <<'END'
x86-64 qemu 1200000
x86-32 qemu 1200000
rv64 qemu 1000000
m68010 qemu 1100000
m68000 qemu 1100000
x86-64 host 1400000
x86-32 host 1400000
x86-64 unicorn 1500000
x86-32 unicorn 1500000
pdp10 simh 1050000
m68000 unicorn 1400000
rv64 unicorn 1100000
END
