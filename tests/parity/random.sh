#!/bin/bash
# Fresh random scenarios, on the markets of the harness and on a random one: the harness's own model, which agrees
# with real Aave, says what must come out, and the contracts replay it in memory, thousands of steps a second.
#
#     tests/parity/random.sh [SEED [COUNT]]     default: a seed of the day's time, 40 scenarios a market
set -u
. "$(dirname "$0")/harness.sh"
seed=${1:-$(($(date +%s) % 1000000000))} count=${2:-40}
out=${OUT:-build/gcc-O2}
cd "$root" || exit 1
make -s "$out/tests/parity/replay" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "random scenarios, seed $seed: tests/parity/random.sh $seed $count repeats them"
node tests/parity/random.mjs "$harness" "$work" "$seed" "$count" || exit 1
(cd "$harness" && node run.mjs --target model --dir "$work" --outdir "$work") >"$work/model.log" 2>&1 || { tail "$work/model.log"; exit 1; }
"$out/tests/parity/replay" "$harness/markets" "$work" || { echo "seed $seed"; exit 1; }
