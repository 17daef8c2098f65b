#!/bin/sh
# A capture file (pcap, Ethernet) with the answers that user/ping.c wants: to its question for 10.0.2.2, and to COUNT echoes. They are what QEMU's user
# network answers.
#     sh mkreplies.sh CAPTURE COUNT
set -eu
count=$2

# bytes NUMBER…: each a byte
bytes()
{
	for b; do
		printf "\\$(printf %03o "$b")"
	done
}

# frame LENGTH: its header in the capture; at time 0
frame()
{
	bytes 0 0 0 0 0 0 0 0 $(($1 & 255)) $(($1 >> 8)) 0 0 $(($1 & 255)) $(($1 >> 8)) 0 0
}

ethernet() # TYPE
{
	bytes 82 84 0 18 52 86 82 85 10 0 2 2 $(($1 >> 8)) $(($1 & 255))
}

arp()
{
	frame 42
	ethernet 0x0806
	bytes 0 1 8 0 6 4 0 2 82 85 10 0 2 2 10 0 2 2 82 84 0 18 52 86 10 0 2 15
}

# The internet checksum (RFC 1071) of these bytes.
checksum()
{
	sum=0
	while [ $# -gt 1 ]; do
		sum=$((sum + $1 * 256 + $2))
		shift 2
	done
	while [ $((sum >> 16)) != 0 ]; do
		sum=$(((sum & 0xffff) + (sum >> 16)))
	done
	echo $((~sum & 0xffff))
}

# echo_reply SEQUENCE: 32 letters, as in the question
echo_reply()
{
	letters=
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 0 1 2 3 4 5; do
		letters="$letters $((97 + i))"
	done
	# shellcheck disable=SC2086
	sum=$(checksum 0 0 0 0 1 80 0 "$1" $letters)
	header="69 0 0 60 0 0 0 0 255 1"
	addresses="10 0 2 2 10 0 2 15"
	# shellcheck disable=SC2086
	ip=$(checksum $header 0 0 $addresses)
	frame 74
	ethernet 0x0800
	# shellcheck disable=SC2086
	bytes $header $((ip >> 8)) $((ip & 255)) $addresses 0 0 $((sum >> 8)) $((sum & 255)) 1 80 0 "$1" $letters
}

{
	bytes 212 195 178 161 2 0 4 0 0 0 0 0 0 0 0 0 234 5 0 0 1 0 0 0 # version 2.4, frames up to 1514, Ethernet
	arp
	n=1
	while [ $n -le "$count" ]; do
		echo_reply $n
		n=$((n + 1))
	done
} >"$1"
