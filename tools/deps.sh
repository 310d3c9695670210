#!/bin/sh
# Installs what is missing, and only that.   tools/deps.sh build|test|clients-full|web|lint|bench
# Asks before it uses sudo; PLIMSOLL_YES=1 answers for you.
set -eu

build='gcc libc6-dev libsecp256k1-dev libsodium-dev librocksdb-dev libmicrohttpd-dev libjansson-dev
       libgmp-dev nettle-dev libcurl4-openssl-dev libwslay-dev liblz4-dev libutf8proc-dev zlib1g-dev'
command -v npm >/dev/null || build="$build nodejs npm"
tests='libcmocka-dev clang libclang-rt-14-dev python3 python3-venv'
lints='clang-format-14 python3'
benches='wrk'

case ${1:-build} in
build) want=$build ;;
test | clients-full) want="$build $tests" ;;
web)   want="$build chromium firefox-esr fonts-dejavu-core" ;;
lint)  want="$build $lints" ;;
bench) want="$build $benches" ;;
*)     echo "usage: tools/deps.sh build|test|clients-full|web|lint|bench" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "tools/deps.sh knows Debian's packages only; install the likes of these yourself:" $want >&2
	want=
fi

missing=
for package in $want; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $package"
done
if [ -n "$missing" ]; then
	echo "missing Debian packages:$missing"
	sudo=
	if [ "$(id -u)" != 0 ]; then
		sudo=sudo
		if [ -z "${PLIMSOLL_YES:-}" ]; then
			[ -t 0 ] || { echo "run: sudo apt-get install$missing" >&2; exit 1; }
			printf 'install them with sudo apt-get? [y/N] '
			read -r answer
			case $answer in y | Y | yes) ;; *) exit 1 ;; esac
		fi
	fi
	$sudo apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
fi

# What the dashboard is made with, and the client libraries that test it all, a folder for each that cannot share
# one; the heavy ones are for clients-full.
clients='tests/clients tests/clients/ethers5 tests/clients/web3js' heavy='tests/clients/web3js1 tests/clients/metamask tests/clients/ponder'
[ "$(uname -sm)" != 'Linux x86_64' ] || clients="$clients tests/clients/cast" heavy="$heavy tests/clients/hardhat"
case ${1:-build} in
test)         ;;
clients-full) clients="$clients $heavy" ;;
web)          clients=tests/web ;;
*)            clients= ;;
esac
install_from_npm() {
	cmp -s $1/package-lock.json $1/node_modules/.installed && return
	echo "installing what $1 takes from npm"
	(cd $1 && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) &&
		cp $1/package-lock.json $1/node_modules/.installed
}
for folder in web $clients; do
	install_from_npm $folder
done

# Benchmarks do without anvil where there is no network.
if [ "${1:-build}" = bench ]; then
	install_from_npm bench/anvil || echo "anvil is not installed: no comparison with it" >&2
fi
