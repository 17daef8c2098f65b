#!/bin/sh
# The rv64 guests: the console's output is the same bare, virtualized, nested, by way of firmware, and on QEMU; hostile guests behave in a virtual machine as
# they do bare, and nobody notices them.
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh
isolde=${ISOLDE:-build/isolde}
guests=build/guests/rv64
kernel=$guests/kernel.elf
opensbi=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin
te="--monitor trap-and-emulate"
XDG_CACHE_HOME=$PWD/build/cache # descriptions are compiled once for all the runs
export XDG_CACHE_HOME

# run OUTPUT IMAGES OPTION…: to be switched off with 0
run()
{
	out=$1
	images=$2
	shift 2
	# shellcheck disable=SC2086
	"$isolde" run isa-specs/rv64.yaml $images --disk $guests/disk --replies $guests/replies.pcap --limit 30M "$@" >"$TMP/$out" 2>"$TMP/$out.err" </dev/null
	status "$out" 0 $?
	grep -q 'switched off with 0' "$TMP/$out.err" || fail "$out: not switched off" "$TMP/$out.err"
}

# Addresses of code depend on the compiler.
plain()
{
	sed 's/pc 0x[0-9a-f]*/pc/; s/at 0x4000[0-9a-f]*/at/' "$1"
}

# --- the console, everywhere

run bare $kernel --start S
plain "$TMP/bare" >"$TMP/plain"
same console tests/guests/rv64-console.txt "$TMP/plain"

virtual() # NAME IMAGES OPTION…: prints what the kernel prints bare
{
	run "$@"
	same "$1" "$TMP/bare" "$TMP/$1"
}
for technique in interpret trap-and-emulate hybrid patch; do
	virtual kernel-$technique $kernel --start S --scenario kernel --monitor $technique
done
virtual kernel-2 $kernel --start S --scenario kernel $te --depth 2
virtual kernel-3 $kernel --start S --scenario kernel $te --depth 3
virtual passthrough $kernel --start S --scenario passthrough $te
virtual firmware $guests/firmware.elf,$kernel
for technique in interpret trap-and-emulate hybrid; do
	virtual firmware-$technique $guests/firmware.elf,$kernel --scenario firmware --monitor $technique
done
virtual firmware-2 $guests/firmware.elf,$kernel --scenario firmware $te --depth 2

# --- OpenSBI, as Debian packages it: its banner, then the kernel

opensbi() # NAME OPTION…
{
	name=$1
	shift
	run "$name" $opensbi,$kernel --memory 128M --load $guests/board.dtb@0x82000000 --set 'X[11]=0x82000000' "$@"
}
opensbi opensbi
grep -q '^OpenSBI v1' "$TMP/opensbi" && grep -q 'Platform Name *: Isolde rv64' "$TMP/opensbi" && pass || fail opensbi-banner "$TMP/opensbi"
sed -n '/^kernel: /,$p' "$TMP/opensbi" >"$TMP/opensbi-kernel"
same opensbi-kernel "$TMP/bare" "$TMP/opensbi-kernel"
opensbi opensbi-virtual --scenario firmware $te
same opensbi-virtual "$TMP/opensbi" "$TMP/opensbi-virtual"
opensbi opensbi-2 --scenario firmware $te --depth 2
same opensbi-2 "$TMP/opensbi" "$TMP/opensbi-2"

# --- QEMU's virt board, with its own copy of OpenSBI

timeout 60 qemu-system-riscv64 -machine virt -display none -serial stdio -monitor none -kernel $kernel -global virtio-mmio.force-legacy=false \
	-drive file=$guests/disk,format=raw,if=none,id=d,readonly=on -device virtio-blk-device,drive=d \
	-netdev user,id=n -device virtio-net-device,netdev=n </dev/null >"$TMP/qemu" 2>"$TMP/qemu.err"
status qemu 0 $?
sed -n '/^kernel: /,$p' "$TMP/qemu" >"$TMP/qemu-kernel"
same qemu-kernel "$TMP/bare" "$TMP/qemu-kernel"

# --- equivalence, instruction by instruction

lockstep() # NAME IMAGES LIMIT OPTION…
{
	name=$1
	images=$2
	limit=$3
	shift 3
	# shellcheck disable=SC2086
	"$isolde" run isa-specs/rv64.yaml $images --disk $guests/disk --replies $guests/replies.pcap --memory 32M --lockstep --limit "$limit" $te "$@" \
		>"$TMP/lockstep" 2>&1 </dev/null
	grep -q 'lockstep: no difference' "$TMP/lockstep" && pass || fail "lockstep-$name" "$TMP/lockstep"
}
lockstep kernel $kernel 100K --start S --scenario kernel
lockstep kernel-2 $kernel 30K --start S --scenario kernel --depth 2
lockstep passthrough $kernel 60K --start S --scenario passthrough
lockstep firmware $guests/firmware.elf,$kernel 100K --scenario firmware
lockstep opensbi $opensbi,$kernel 100K --scenario firmware --load $guests/board.dtb@0x80800000 --set 'X[11]=0x80800000'

# --- hostile guests

for h in "$guests"/hostile/*; do
	name=hostile-$(basename "$h")
	limit=5M
	"$isolde" run isa-specs/rv64.yaml "$h" --start S --memory 64M --disk $guests/disk --limit $limit >"$TMP/$name" 2>&1 </dev/null
	for options in "kernel --guard" "kernel --depth 2" "passthrough"; do
		# shellcheck disable=SC2086
		"$isolde" run isa-specs/rv64.yaml "$h" --start S --memory 64M --disk $guests/disk --limit $limit $te --scenario $options >"$TMP/virtual" 2>&1 </dev/null
		same "$name, $options" "$TMP/$name" "$TMP/virtual"
	done
	lockstep "$name" "$h" 6K --start S --scenario kernel
	# Two of them beside the kernel, on one machine.
	"$isolde" run isa-specs/rv64.yaml "$h" $guests/hostile/take-processor $kernel --start S --memory 32M --disk $guests/disk \
		--replies $guests/replies.pcap --limit 7M --scenario kernel $te --format json >"$TMP/beside.json" 2>"$TMP/beside.err" </dev/null
	jq -j '.machines[2].console' "$TMP/beside.json" >"$TMP/beside" 2>/dev/null
	same "beside-$name" "$TMP/bare" "$TMP/beside"
	[ "$(jq .violations "$TMP/beside.json")" = 0 ] && pass || fail "violations-$name" "$TMP/beside.json"
done
finish
