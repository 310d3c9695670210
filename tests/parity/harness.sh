# Sourced by run.sh and random.sh: a working copy of the comparison harness in build/, with its npm packages.
#   AAVE    where it is (../shared/aave beside the repository)
# Sets harness, or says that there is none and ends the script.
root=$(cd "$(dirname "$0")/../.." && pwd)
source=${AAVE:-$root/../shared/aave}
harness=$root/build/parity/aave

if [ ! -e "$source/run.mjs" ]; then
	echo "parity: the comparison harness is not at ${AAVE:-../shared/aave}; nothing was compared"
	echo "0 passed, 0 failed"
	exit 0
fi
mkdir -p "$harness"
rm -rf "$harness/markets" # random.mjs leaves one of its own
(cd "$source" && tar cf - --mode=u+w --exclude=node_modules --exclude=build .) | tar xf - -C "$harness" || exit 1
if ! cmp -s "$harness/package-lock.json" "$harness/node_modules/.for"; then
	(cd "$harness" && npm install --legacy-peer-deps --no-audit --no-fund) >"$root/build/parity/npm.log" 2>&1 || {
		tail -n 20 "$root/build/parity/npm.log"
		echo "parity: npm install failed" >&2
		exit 1
	}
	cp "$harness/package-lock.json" "$harness/node_modules/.for"
fi
