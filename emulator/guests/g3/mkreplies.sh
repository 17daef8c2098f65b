#!/bin/sh
# A capture file (pcap, Ethernet) with one frame as os.s understands it (there: "The network"), from station 02:00:00:00:00:01 to that of the machine.
#     sh mkreplies.sh CAPTURE TEXT      a new line is added
set -eu
text=$2
count=$((${#text} + 1))
[ $count -le 255 ] || { echo "$0: the text is too long" >&2; exit 2; }
bytes=$(printf '\\%03o' $((16 + count & 255)))\\$(printf '%03o' $((16 + count >> 8)))\\000\\000
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\352\005\000\000\001\000\000\000' # version 2.4, frames up to 1514, Ethernet
	printf '\000\000\000\000\000\000\000\000%b%b' "$bytes" "$bytes"                                         # time 0; bytes kept; bytes there were
	printf '\122\124\000\022\064\126\002\000\000\000\000\001\210\265\000%b' "$(printf '\\%03o' $count)"
	printf '%s\n' "$text"
} >"$1"
