#!/bin/bash
# Breaks the contracts in every way of mutations.txt, one at a time, and checks that the storm
# finds the property that each breaks.   tests/lending/mutations.sh BUILD_FOLDER [every N-th only]
# CC and CFLAGS as in the Makefile; the last line is the sum.
set -u
out=$1 stride=${2:-1}
work=build/mutations
steps=${MUTATION_STEPS:-1500000}
support="ledger storm storm_draw storm_other storm_governance invariants invariant_money invariant_interest
	invariant_account invariant_limits invariant_liquidation invariant_liveness invariant_told world market"
objects=$out/tests/lending/stateful.o
for s in $support; do objects="$objects $out/tests/support/$s.o"; done
export out work steps objects
rm -rf $work && mkdir -p $work

# One folder per fault: the changed file, and what to expect.  A line that is not there any
# more, or is there more often than the table knows, is an error.
awk -v work=$work -v stride="$stride" '
	function fail(text) { print "mutations: " property ": " text > "/dev/stderr"; bad = 1 }
	/^#/ || /^$/ { next }
	/^-/ { old = substr($0, 2); next }
	/^\+/ {
		if (count++ % stride) next
		new = substr($0, 2); found = 0
		folder = sprintf("%s/%02d-%s", work, count, property)
		system("mkdir -p " folder)
		while ((getline line < file) > 0) {
			if (line == old && (++found == nth || nth == 0)) line = new
			print line > (folder "/mutant.c")
		}
		close(file); close(folder "/mutant.c")
		print property > (folder "/property"); close(folder "/property")
		if (found == 0) fail("no such line in " file ": " old)
		if (nth == 0 && found > 1) fail(found " such lines in " file ": " old)
		if (nth > found) fail("only " found " such lines in " file ": " old)
		next
	}
	{ property = $1; file = $2; nth = $3 == "" ? 0 : substr($3, 2) + 0 }
	END { exit bad }' tests/lending/mutations.txt || { echo "0 passed, 1 failed"; exit 1; }

# The mutant comes first in the link, so the archive keeps its own version to itself.
try() {
	local folder=$1 property
	property=$(cat "$folder/property")
	{
		${CC:-gcc} -std=c11 -D_GNU_SOURCE -I. -pthread -fno-strict-aliasing -O2 -w -c "$folder/mutant.c" -o "$folder/mutant.o" &&
		${CC:-gcc} -pthread "$folder/mutant.o" $objects "$out/libcontracts-native.a" "$out/liboracle.a" "$out/libbase.a" \
			-lcurl -ljansson -lsecp256k1 -lsodium -lnettle -lgmp -lz -lm -o "$folder/stateful"
	} >"$folder/log" 2>&1 || { echo "ERROR $folder: does not build"; return; }
	if timeout 60 "$folder/stateful" --threads 1 --steps "$steps" --seed 1 --expect "$property" >"$folder/log" 2>&1; then
		rm -f "$folder/stateful"
		echo "found $(basename "$folder"): $(grep -m1 '^BROKEN' "$folder/log" | sed 's/.* at \(step [0-9]*\) of seed.*/\1/'), $(tail -n 2 "$folder/log" | head -n 1 | cut -d' ' -f1) steps"
	else
		echo "MISSED $(basename "$folder"): $(tail -n 1 "$folder/log")"
	fi
}
export -f try
ls -d $work/*/ | xargs -P 2 -I{} bash -c 'try {}' | tee $work/report
passed=$(grep -c '^found' $work/report)
failed=$(grep -vc '^found' $work/report)
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
