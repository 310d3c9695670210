#!/bin/bash
# Instructions per operation of bench_operations, counted by valgrind: the same on every run of a binary,
# whatever else the machine does.  Prints one line a figure.   bench/instructions.sh BUILD_FOLDER
set -eu
command -v valgrind >/dev/null || { echo "bench/instructions.sh needs valgrind: apt-get install valgrind" >&2; exit 1; }
program=$1/bench/bench_operations
calls=$(awk '/^#define (ROUNDS|WARM) / { sub(/u$/, "", $3); n += $3 } END { print n }' bench/bench_operations.c)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# One dump at the end of each measurement holds what was counted inside its calls.
valgrind --quiet --tool=callgrind --toggle-collect=world_send --dump-after='measure*' \
	--callgrind-out-file="$folder/counts" "$program" >"$folder/figures"
i=1
while read -r line; do
	name=$(sed 's/{"name": "\([^"]*\)".*/\1/' <<<"$line")
	total=$(awk '/^(summary|totals):/ { print $2; exit }' "$folder/counts.$i")
	printf '%-32s %8d instructions\n' "$name" $((total / calls))
	i=$((i + 1))
done <"$folder/figures"
