#!/bin/sh
# Prints pages to PDF beside them: sh tests/pdf.sh PAGE.html… or a directory of them.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ ! -d "$1" ] || set -- "$1"/*.html
for page in "$@"; do
	pdf=${page%.html}.pdf
	chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$work" --no-pdf-header-footer --print-to-pdf="$pdf" "file://$(realpath "$page")" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
	[ -s "$pdf" ] || { cat "$work/said" >&2; exit 1; }
	echo "$pdf"
done
