#!/bin/bash
# The rules a compiler cannot check.  Prints every offender; fails if any.   tools/lint.sh BUILD_FOLDER
set -u
out=$1 checks=0 bad=0
fail() { echo "lint: $1" >&2; bad=$((bad + 1)); }
check() { checks=$((checks + 1)); }

# Dependencies point down: a folder, then all it may include.
check
while read -r folder allowed; do
	grep -rn '^#include "' --include='*.[ch]' "$folder" | grep -vE "\"($allowed)/" &&
		fail "$folder/ may include only $allowed"
done <<'END'
base             base
oracle           base|oracle
contracts-native base|oracle|contracts-native
client           base|oracle|contracts-native|client
node             base|oracle|contracts-native|node
rpc              base|oracle|contracts-native|node|rpc
END
check
grep -rn '^#include "oracle/feeder/' --include='*.[ch]' base contracts-native node rpc client oracle/*.[ch] &&
	fail "the feeder is no part of the pure room"

# The pure part touches memory and nothing else: no clock, no heap, no I/O, no locks.
# __cpu_*: which of several compilations of the same function this processor runs best (base/hash_many.c).
check
pure=$(ls "$out"/base/*.o "$out"/oracle/*.o "$out"/contracts-native/*/*.o)
nm $pure | awk '
	NF == 3 && $2 != "U" { defined[$3] }
	$1 == "U" { used[$2] }
	END {
		for (s in used)
			if (!(s in defined) && s !~ /^(__assert_fail|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|mem(cpy|cmp|set|move)|strn?len|__u(div|mod|divmod)ti[34]|__gmpn_[a-z0-9_]+|_?nettle_sha256_(init|update|digest|compress)[a-z0-9_]*|secp256k1_[a-z0-9_]+|__cpu_(model|features2|indicator_init))$/)
				{ print s; n++ }
		exit n == 0
	}' && fail "the pure rooms reach outside"
check
size -A $pure | awk '/:$/ { object = $1 } $1 ~ /^\.(data|bss)$/ && $2 > 0 { print object, $0; n++ } END { exit n == 0 }' &&
	fail "the pure rooms have a variable that can change"
check
git ls-files 'base/*.[ch]' 'oracle/*.[ch]' 'contracts-native/*.[ch]' | grep -v '^oracle/feeder/' |
	xargs grep -nE '\b(float|double)\b' | grep -vE '^[^:]*:[0-9]+:\s*(/?\*|//)' | grep -v u256_to_double &&
	fail "no floating point in the pure rooms"

# Money is opened in one place.
check
grep -rnE '(\.|->)raw\b' --include='*.[ch]' contracts-native/lending contracts-native/token &&
	fail "use ray_*, amount_* and friends, not .raw"

check
for f in $(git ls-files '*.c'); do
	awk -v f="$f" '/^\{/ { start = FNR } /^\}/ { if (start && FNR - start > 61) { print f ":" start ": " FNR - start - 1 " lines"; n++ } start = 0 }
		END { exit n == 0 }' "$f" && fail "a function is longer than 60 lines"
done

# Every header stands alone.
check
for h in $(git ls-files '*.h'); do
	gcc -std=c11 -D_GNU_SOURCE -I. -fsyntax-only -x c "$h" || fail "$h does not stand alone"
done

# Every module of base and oracle has a test.
check
for c in $(git ls-files 'base/*.c' 'oracle/*.c' | grep -v '^oracle/feeder/'); do
	room=${c%%/*} name=$(basename "$c" .c)
	[ -e "tests/$room/test_$name.c" ] || [ -e "tests/$room/test_${name%_*}.c" ] || fail "$c has no test"
done

check
formatter=$(command -v clang-format-14 || command -v clang-format)
git ls-files '*.c' '*.h' | grep -v 'vectors\.h$' | xargs "$formatter" --dry-run -Werror >build/format.txt 2>&1 ||
	{ grep -E 'error:' build/format.txt | head -20; fail "run make format"; }

# The repository names no machine and no registry.
check
git grep -nE '(^|[^a-z.])/(work|root|home/[a-z]+)/|registry\.npmjs|proxy\.golang|pypi\.org|crates\.io' -- . ':!LICENSE' ':!tools/lint.sh' &&
	fail "machine paths or registry hosts"

echo "lint: $checks rules, $bad broken"
[ "$bad" = 0 ]
