#!/bin/sh
# Watching a machine. tests/watch/NAME.session is a debugging session (first line: what to run), NAME.trace a traced run; NAME.out what comes of it.
# gdb-multiarch debugs a RISC-V program, bare and under a monitor; a bad client of the stub, and bad files, come to a clear end.
#     sh tests/watch.sh [--update]
cd "$(dirname "$0")/.." && . tests/lib.sh
update=${1:-}
ISOLDE=${ISOLDE:-build/isolde}

riscv64-linux-gnu-gcc -march=rv64imac -mabi=lp64 -static -no-pie -fno-pie -nostdlib -ffreestanding -Wl,-Ttext=0x80000000 -Wl,-n -Wl,--no-relax \
	-Wl,--build-id=none -Wl,--no-warn-rwx-segments -g tests/watch/sum.S -o "$TMP/sum.elf" || fail compiler
echo 'a message' >"$TMP/motd"
sh emulator/guests/g3/mkdisk.sh "$TMP/os.disk" "$TMP/motd"
sh emulator/guests/g3/mkreplies.sh "$TMP/os.pcap" 'an answer'

compare() # NAME FILE
{
	sed "s|$TMP|TMP|g" "$2" >"$TMP/got"
	[ "$update" != --update ] || cp "$TMP/got" "tests/watch/$1.out"
	same "$1" "tests/watch/$1.out" "$TMP/got"
}

for session in tests/watch/*.session; do
	name=$(basename "$session" .session)
	# shellcheck disable=SC2046
	sed 1d "$session" | timeout 60 "$ISOLDE" run --engine walk --debug $(sed -n "1{s|^# ||; s|TMP|$TMP|g; p}" "$session") >"$TMP/out" 2>&1
	echo "exit $?" >>"$TMP/out"
	compare "$name" "$TMP/out"
done
for trace in tests/watch/*.trace; do
	name=$(basename "$trace" .trace)
	# shellcheck disable=SC2046
	timeout 60 "$ISOLDE" run --engine walk --trace-file "$TMP/out" $(sed "s|TMP|$TMP|g" "$trace") >/dev/null 2>"$TMP/errors" </dev/null
	echo "exit $?" | cat "$TMP/errors" - >>"$TMP/out"
	compare "$name" "$TMP/out"
done

# gdb NAME WHAT-GDB-READS-FIRST OPTIONS-AND-PROGRAM…: what gdb says of itself differs between its versions, what it prints (=) does not
gdb()
{
	name=$1 first=$2
	shift 2
	timeout 60 "$ISOLDE" run --engine walk --gdb "$TMP/socket" "$@" >"$TMP/stub" 2>&1 &
	stub=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -S "$TMP/socket" ] || sleep 0.2; done
	# shellcheck disable=SC2086
	timeout 60 gdb-multiarch -nx -batch $first -ex "target remote $TMP/socket" -x "tests/watch/${script:-$name}.gdb" 2>&1 | grep '^=' >"$TMP/out"
	wait $stub
	echo "exit $?" >>"$TMP/out"
	compare "$name" "$TMP/out"
}
gdb gdb-bare "$TMP/sum.elf" isa-specs/rv64.yaml "$TMP/sum.elf"
gdb gdb-virtual "$TMP/sum.elf" --monitor trap-and-emulate --start S isa-specs/rv64.yaml "$TMP/sum.elf"
echo 'set endian big' >"$TMP/big.gdb"
gdb gdb-m68k "-x $TMP/big.gdb" --set 'A[7]=0x8000' isa-specs/m68000.yaml tests/watch/count.s
script=gdb-x86
for isa in x86-32 x86-64; do
	gdb gdb-$isa "" isa-specs/$isa.yaml tests/watch/count-x86.s
done
script=

timeout 200 python3 tests/watch/clients.py "$ISOLDE" "$TMP/sum.elf" "$TMP" >"$TMP/clients" 2>&1 || echo "FAILED: the clients ended with $?" >>"$TMP/clients"
passed=$((passed + $(grep -c '^ok' "$TMP/clients")))
grep '^FAILED' "$TMP/clients" >"$TMP/bad" && fail clients "$TMP/bad"

# Two machines of one run, back to back: each sends a frame with its letter and puts out the other's.
for how in none trap-and-emulate; do
	sed 's/LETTER/0x41/' tests/watch/frame.s >"$TMP/a.s"
	sed 's/LETTER/0x42/' tests/watch/frame.s >"$TMP/b.s"
	timeout 60 "$ISOLDE" run --engine walk --monitor $how --format json --limit 1M --capture "$TMP/two.pcap" isa-specs/g3.yaml "$TMP/a.s" "$TMP/b.s" >"$TMP/out" 2>&1
	[ "$(jq -r '[.machines[] | .console + .stop] | join(" ")' "$TMP/out")" = 'Boff Aoff' ] && [ "$(wc -c <"$TMP/two.pcap")" = 96 ]
	status "two machines, $how" 0 $?
done

# An endless loop ends when the user says so. A second is not always enough to get as far as the loop: what was stopped before it is tried again.
printf '\t.org 0x10\n\t.entry start\nstart:\tjal X0, start\n' >"$TMP/loop.s"
for how in none interpret hybrid trap-and-emulate '--depth 2 trap-and-emulate'; do
	for seconds in 1 5 25; do
		# shellcheck disable=SC2086
		timeout -s INT $seconds timeout -s KILL 50 "$ISOLDE" run --engine walk --monitor ${how##* } ${how%"${how##* }"} isa-specs/g3.yaml "$TMP/loop.s" >"$TMP/out" 2>&1
		! grep -q 'interrupted' "$TMP/out" || break
	done
	if grep -q 'interrupted' "$TMP/out"; then pass; else fail "interrupt $how" "$TMP/out"; fi
done

# Where nothing is: without a cause for it the machine stops, and says where.
cp isa-specs/g3.yaml "$TMP/g3.yaml"
printf 'kind: variation\nof: g3\nname: small\nlong_name: small\nremove: [platform.unmapped]\nplatform:\n  memory: {at: 0, size: 0x4000}\n' >"$TMP/small.yaml"
wild() # WHAT INSTRUCTION MESSAGE
{
	printf '\t.org 0x10\n\t.entry start\nstart:\taddi X1, X0, 0x4000\n\t%s\n\tjal X0, start\n' "$2" >"$TMP/wild.s"
	timeout 60 "$ISOLDE" run --engine walk --limit 100 "$TMP/small.yaml" "$TMP/wild.s" >"$TMP/out" 2>&1
	code=$?
	if [ $code = 1 ] && grep -qF "cannot go on: $3" "$TMP/out"; then pass; else fail "$1: exit status $code" "$TMP/out"; fi
}
wild load-from-nowhere 'load X2, X1, 0' 'load from physical address 0x4000, where nothing is'
wild store-to-nowhere 'store X2, X1, 1' 'store to physical address 0x4001, where nothing is'
wild jump-to-nowhere 'jal X2, 0x4002' 'fetch from physical address 0x4002, where nothing is'
printf '\t.org 0x10\n\t.entry start\nstart:\tin X1, X0, 0x77\n\tout X1, X0, 0x78\n\tout X1, X0, 0x30\n' >"$TMP/port.s"
timeout 60 "$ISOLDE" run --engine walk isa-specs/g3.yaml "$TMP/port.s" >"$TMP/out" 2>&1
status 'ports where nothing is read zero' 0 $?

timeout 100 python3 tests/watch/terminal.py "$ISOLDE" "$TMP/loop.s" >"$TMP/terminal" 2>&1 || echo "FAILED: the terminal ended with $?" >>"$TMP/terminal"
passed=$((passed + $(grep -c '^ok' "$TMP/terminal")))
grep '^FAILED' "$TMP/terminal" >"$TMP/bad" && fail terminal "$TMP/bad"

# refused WHAT MESSAGE ARGUMENT…
refused()
{
	what=$1 says=$2
	shift 2
	timeout 60 "$ISOLDE" run --engine walk "$@" >"$TMP/out" 2>&1 </dev/null
	code=$?
	if [ $code -ge 1 ] && [ $code -le 4 ] && grep -qF -e "$says" "$TMP/out"; then pass; else fail "$what: exit status $code" "$TMP/out"; fi
}
set -- isa-specs/g3.yaml emulator/guests/g3/hello.s
refused both-watchers 'one of --debug and --gdb' --debug --gdb 1234 "$@"
refused debug-and-trace '--trace does not go together' --debug --trace all "$@"
refused debug-and-lockstep '--lockstep does not go together' --debug --monitor hybrid --lockstep "$@"
refused no-such-trace 'it is a list of' --trace nonsense "$@"
refused a-port-that-is-none 'Invalid argument' --gdb 99999 "$@"
refused a-socket-that-is-a-file 'Address already in use' --gdb "$TMP/motd" "$@"
head -c 30 "$TMP/os.pcap" >"$TMP/short.pcap"
refused short-replies 'truncated' --replies "$TMP/short.pcap" "$@"
refused replies-that-are-none 'unknown file format' --replies README.md "$@"
refused no-disk 'No such file' --disk "$TMP/nothing" "$@"
refused a-directory-as-disk 'Is a directory' --disk "$TMP" "$@"
refused no-input 'No such file' --input "$TMP/nothing" "$@"
refused no-place-to-capture 'No such file' --capture "$TMP/nothing/capture" "$@"
finish
