#!/bin/bash
# Branch coverage of the lending contracts by the C tests and the fuzz corpus, file by file.
#                                                     tools/coverage.sh BUILD_FOLDER FOLDER...
# A branch is a way out of a condition as gcov counts them.  A condition is what our rules ask;
# "passed on" is a TRY whose callee failed, most often a product that no state makes too large.
# Branches of assert() are left out: their other side is our own mistake.
# LINES=1 prints every line with a side that nothing takes.
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

row='%-50s %10d %6d %6.1f%% %9d %6d %6.1f%%\n'
printf '%-50s %10s %6s %7s %9s %6s %7s\n' file conditions taken '%' 'passed on' taken '%'
for folder; do
	for c in "$folder"/*.c; do
		gcov --stdout --branch-probabilities --branch-counts "$out/${c%.c}.o" 2>/dev/null |
			awk -v file="$c" -v lines="${LINES:-}" -v row="$row" '
			/^ +[-#=0-9]+\*?: +[0-9]+:/ {
				source = $0
				sub(/^[^:]*:[^:]*:/, "", source)
				split($0, part, ":")
				number = part[2] + 0
				kind = source ~ /TRY\(/ && source !~ /refuse_if\(/
			}
			/^ +-: +0:Source:/ { here = ($0 ~ ":Source:" file "$") }
			/^branch/ && here && source !~ /assert\(/ {
				all[kind]++
				if ($0 !~ /taken 0/ && $0 !~ /never executed/) taken[kind]++
				else if (lines && last != number) { last = number; print "    " file ":" number ":" source }
			}
			function share(kind) { return all[kind] ? 100 * taken[kind] / all[kind] : 100 }
			END { if (all[0] + all[1]) printf row, file, all[0], taken[0], share(0), all[1], taken[1], share(1) }'
	done
done | awk -v row="$row" '
	{ print }
	!/^ / { a += $2; b += $3; c += $5; d += $6 }
	END { printf row, "all", a, b, 100 * b / a, c, d, 100 * d / c }'
