#!/bin/bash
# The table of docs/invariants.md, from the properties and the faults that they catch.
# tests/lending/table.sh BUILD_FOLDER         prints it
# tests/lending/table.sh BUILD_FOLDER write   puts it into the page
# tests/lending/table.sh BUILD_FOLDER check   fails if the page says something else
set -u
out=$1 page=docs/invariants.md

table() {
	"$out/tests/lending/stateful" --list | awk -F '\t' '
		function code(text) { sub(/^[ \t]+/, "", text); gsub(/\|/, "\\|", text); return "`" text "`" }
		BEGIN {
			while ((getline line < "tests/lending/mutations.txt") > 0) {
				if (line ~ /^#/ || line == "") continue
				if (line ~ /^-/) { old = substr(line, 2); continue }
				if (line !~ /^\+/) { split(line, part, " "); name = part[1]; n = split(part[2], path, "/"); file = path[n]; continue }
				if (!(name in fault)) fault[name] = "`" file "`: " code(old) " becomes " code(substr(line, 2))
			}
			print "| property | when | what it says | a fault it notices |"
			print "|---|---|---|---|"
		}
		{ printf "| `%s` | %s | %s | %s |\n", $1, $2, $3, ($1 in fault) ? fault[$1] : "none" }'
}

# The page with everything between the two marks replaced.
page() {
	awk -v table="$(table | sed 's/\\/\\\\/g')" '
		/^<!-- end of the table -->/ { skip = 0 }
		!skip { print }
		/^<!-- tests\/lending\/table.sh/ { print table; skip = 1 }' $page
}

case ${2:-} in
write) page >build/invariants.md && cp build/invariants.md $page ;;
check)
	if [ "$(page)" = "$(cat $page)" ] && ! table | grep -q '| none |$'; then echo "1 passed, 0 failed"; exit; fi
	echo "docs/invariants.md is not what the tables say: tests/lending/table.sh $out write"
	table | grep '| none |$'
	echo "0 passed, 1 failed"
	exit 1 ;;
*) table ;;
esac
