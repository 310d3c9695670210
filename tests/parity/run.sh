#!/bin/bash
# Every public scenario of the comparison harness, over the wire against a development node, on each of its
# markets: what real Aave v3.6 did is what the node must do, to the last unit.
#
#     tests/parity/run.sh [SCENARIO.json ...]     default: all
set -u
. "$(dirname "$0")/harness.sh"
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; wait; rm -rf "$work"' EXIT
trap 'exit 1' TERM INT HUP
passed=0 failed=0
if [ $# -gt 0 ]; then what=$(realpath -- "$@"); else what="--dir $harness/corpus/public"; fi

for market in "$harness"/markets/*.json; do
	name=$(basename "$market" .json)
	port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
	"$root/tests/parity/serve" "$market" "$port" "$work/$name.map" >"$work/serve.log" 2>&1 &
	server=$!
	while [ ! -e "$work/$name.map" ] && kill -0 $server 2>/dev/null; do sleep 0.05; done
	if [ ! -e "$work/$name.map" ]; then
		cat "$work/serve.log"
		failed=$((failed + 1))
		continue
	fi
	# shellcheck disable=SC2086
	(cd "$harness" && node run.mjs --target "rpc:http://127.0.0.1:$port" --addresses "$work/$name.map" --check $what) >"$work/out" 2>&1
	read -r ok all < <(sed -nE 's|^([0-9]+)/([0-9]+) scenarios ok.*|\1 \2|p' "$work/out")
	sed "s/^/$name: /" "$work/out"
	passed=$((passed + ${ok:-0}))
	failed=$((failed + ${all:-1} - ${ok:-0}))
	kill $server
	wait $server || { cat "$work/serve.log"; failed=$((failed + 1)); }
	server=
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
