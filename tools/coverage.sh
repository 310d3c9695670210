#!/bin/bash
# Branch coverage of the lending contracts by the C tests and the fuzz corpus, file by file.
#                                                     tools/coverage.sh BUILD_FOLDER FOLDER...
# A branch is a way out of a condition as gcov counts them.  Those of assert() are left out:
# their other side is our own mistake.  LINES=1 prints every condition with a side never taken.
set -eu
out=$1
shift
find "$out" -name '*.gcda' -delete
for t in "$out"/tests/contracts-native/test_* "$out"/tests/base/test_fixed; do
	case $t in *.o | *.d | *.gc*) continue ;; esac
	"$t" >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
done
for f in "$out"/fuzz/fuzz_lending_replay; do
	[ ! -x "$f" ] || "$f" fuzz/corpus/fuzz_lending >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
done

printf '%-52s %8s %8s %7s\n' file branches taken '%'
for folder; do
	for c in "$folder"/*.c; do
		gcov --stdout --branch-probabilities --branch-counts "$out/${c%.c}.o" 2>/dev/null |
			awk -v file="$c" -v lines="${LINES:-}" '
			/^ +[-#=0-9]+\*?: +[0-9]+:/ {
				source = $0
				sub(/^[^:]*:[^:]*:/, "", source)
				split($0, part, ":")
				number = part[2] + 0
			}
			/^ +-: +0:Source:/ { here = ($0 ~ ":Source:" file "$") }
			/^branch/ && here && source !~ /assert\(/ {
				all++
				if ($0 !~ /taken 0/ && $0 !~ /never executed/) taken++
				else if (lines && last != number) { last = number; print "    " file ":" number ":" source }
			}
			END { if (all) printf "%-52s %8d %8d %6.1f%%\n", file, all, taken, 100 * taken / all }'
	done
done | awk '
	{ print }
	!/^ / { all += $2; taken += $3 }
	END { printf "%-52s %8d %8d %6.1f%%\n", "all", all, taken, 100 * taken / all }'
