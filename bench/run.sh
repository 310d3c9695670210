#!/bin/bash
# Runs every benchmark, prints one table, writes build/bench.json.   bench/run.sh BUILD_FOLDER
# A figure that misses its target is said to, and is no failure; a benchmark that breaks is.
set -u
out=$1 json=build/bench.json
lines=$(mktemp) trap_status=0
trap 'rm -f "$lines"' EXIT

for bench in "$out"/bench/bench_*; do
	[ -x "$bench" ] && [ ! -d "$bench" ] || continue
	case $bench in *.o | *.d) continue ;; esac
	echo "== ${bench##*/}" >&2
	"$bench" >>"$lines" || { echo "bench: ${bench##*/} broke" >&2; trap_status=1; }
done

{ echo '['; sed '$!s/$/,/' "$lines"; echo ']'; } >"$json"

awk '
	# The value of a key in a line of flat JSON.
	function member(key,    at, rest) {
		at = index($0, "\"" key "\": ")
		if (!at)
			return ""
		rest = substr($0, at + length(key) + 4)
		if (rest ~ /^"/)
			return substr(rest, 2, index(substr(rest, 2), "\"") - 1)
		match(rest, /^[^,}]*/)
		return substr(rest, 1, RLENGTH)
	}
	function number(x) {
		if (x == "")
			return ""
		return x + 0 >= 100 ? sprintf("%.0f", x) : sprintf("%.4g", x)
	}
	BEGIN {
		form = "%-34s %10s %-14s %10s %7s %8s  %-16s %s\n"
		printf form, "figure", "value", "unit", "baseline", "ratio", "of anvil", "target", "met"
	}
	{
		target = member("target")
		met = target == "" ? "" : member("met") == "true" ? "yes" : "NO"
		missed += met == "NO"
		targets += target != ""
		printf form, member("name"), number(member("value")), member("unit"),
			number(member("baseline_value")), number(member("ratio")), number(member("of_anvil")), target, met
	}
	END {
		printf "%d of %d targets met", targets - missed, targets
		print missed ? "; see docs/bench.md for those that are not" : ""
	}' "$lines"
echo "figures with their baselines: $json"
exit $trap_status
