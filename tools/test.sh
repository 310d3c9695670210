#!/bin/bash
# Runs the suites and adds up what they say.   tools/test.sh BUILD_FOLDER [suite ...]
#   unit    every cmocka program               corpus   every fuzz seed, replayed
#   storm   the lending market's invariants, and whether they notice faults
#   chain   kill -9 under load, a full disk    roots    gcc, clang, -O0, -O3, sanitizers agree
#   clients wallets, libraries and bots against a node: tests/clients
#   abuse   a node's server under clients that mean it harm
# A suite that prints no count has failed.  The last line is the sum.
set -u
out=$1; shift
suites=${*:-unit corpus storm chain roots clients abuse}
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs one program and takes its counts, in cmocka's words or as "N passed, N failed".
count() {
	local name=$1 ok bad status
	shift
	"$@" >"$log" 2>&1
	status=$?
	read -r ok bad < <(awk '
		/^\[  PASSED  \] [0-9]+ test/ { ok += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { bad += $4 }
		/(^|: )[0-9]+ passed, [0-9]+ failed$/ { sub(/.*: /, ""); ok += $1; bad += $3 }
		END { print ok + 0, bad + 0 }' "$log")
	if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
	if [ "$ok" = 0 ] && [ "$bad" = 0 ]; then bad=1; echo "$name printed no count" >>"$log"; fi
	passed=$((passed + ok)) failed=$((failed + bad))
	printf '%-44s %5d passed, %d failed\n' "$name" "$ok" "$bad"
	[ "$bad" = 0 ] || { echo "--- $name (exit $status)"; grep -A 12 '^FAIL' "$log" | head -n 60; tail -n 60 "$log"; echo "---"; }
}

for suite in $suites; do
	case $suite in
	unit)
		for t in $(find "$out/tests" -name 'test_*' -type f -perm -u+x ! -name '*.*' | sort); do
			[ -f "${t#"$out"/}.c" ] || continue # its source is gone
			count "${t#"$out"/tests/}" "$t"
		done ;;
	corpus)
		for f in fuzz/fuzz_*.c; do
			name=$(basename "$f" .c)
			MAKEFLAGS= make --no-print-directory -s "$out/fuzz/${name}_replay" || { failed=$((failed + 1)); continue; }
			count "corpus/$name" "$out/fuzz/${name}_replay" "fuzz/corpus/$name"
		done ;;
	storm)
		count lending/stateful "$out/tests/lending/stateful" --steps "${STORM_STEPS:-300000}"
		count lending/table tests/lending/table.sh "$out" check
		count lending/mutations tests/lending/mutations.sh "$out" "${MUTATION_STRIDE:-12}" ;;
	chain)
		count chain/kill_loop "$out/tests/chain/kill_loop" "${KILLS:-100}"
		count chain/full_disk python3 tests/chain/full_disk.py "$out" ;;
	roots)   count chain/roots tests/chain/roots.sh ;;
	abuse)   count rpc/abuse python3 tests/rpc/abuse.py "$out" ;;
	clients) count clients tests/clients/run.sh "$out" ;;
	*)       echo "tools/test.sh: no suite $suite" >&2; exit 2 ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
