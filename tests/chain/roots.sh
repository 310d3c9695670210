#!/bin/bash
# The same blocks give the same roots: two compilers, three levels of optimization, sanitizers,
# one thread and four, with and without restarts.  Prints "N passed, N failed".
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# name, make variables, threads, restart
compare() {
	local name=$1 make=$2 threads=$3 restart=$4 program
	program=$(make --no-print-directory -s $make print-roots)
	if make --no-print-directory -s -j2 $make "$program" >"$folder/build" 2>&1 &&
		"$program" "$threads" "$restart" >"$folder/roots" 2>"$folder/errors" &&
		[ -s "$folder/roots" ] && { [ -e "$folder/first" ] || cp "$folder/roots" "$folder/first"; } &&
		cmp "$folder/first" "$folder/roots"; then
		echo "ok   $name"
		passed=$((passed + 1))
	else
		echo "FAIL $name"
		tail -n 5 "$folder/build" "$folder/errors"
		failed=$((failed + 1))
	fi
}

compare "gcc -O2"                       "CC=gcc OPT=-O2"   1 0
compare "gcc -O2, four threads"         "CC=gcc OPT=-O2"   4 0
compare "gcc -O2, restart at block 2"   "CC=gcc OPT=-O2"   2 2
compare "gcc -O2, restart at block 23"  "CC=gcc OPT=-O2"   2 23
compare "gcc -O0"                       "CC=gcc OPT=-O0"   2 0
compare "gcc -O3"                       "CC=gcc OPT=-O3"   2 0
compare "clang -O2"                     "CC=clang OPT=-O2" 2 0
compare "clang -O1, sanitizers"         "CC=clang OPT=-O1 SAN=address,undefined" 2 11
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
