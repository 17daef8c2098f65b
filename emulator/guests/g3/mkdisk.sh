#!/bin/sh
# A disk as os.s reads it (there: "Files"): the directory in sector 0, then the files one after the other, each in whole sectors.
#     sh mkdisk.sh DISK FILE…       names: at most 16 characters, at most 16 files
set -eu
disk=$1
shift

# number N: four bytes, the highest first
number()
{
	printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"
}

# zeros COUNT
zeros()
{
	head -c "$1" /dev/zero
}

[ $# -le 16 ] || { echo "$0: at most 16 files" >&2; exit 2; }
sector=1
for file; do
	name=$(basename "$file")
	length=$(wc -c <"$file")
	[ ${#name} -le 16 ] || { echo "$0: $name is longer than 16 characters" >&2; exit 2; }
	printf %s "$name"
	zeros $((16 - ${#name}))
	number $sector
	number "$length"
	zeros 8
	sector=$((sector + (length + 511) / 512))
done >"$disk"
zeros $((512 - 32 * $#)) >>"$disk"
for file; do
	cat "$file"
	zeros $(((512 - $(wc -c <"$file") % 512) % 512))
done >>"$disk"
