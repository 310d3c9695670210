#!/bin/sh
# Real client libraries against a devnet.   tests/clients/run.sh BUILD_FOLDER [full | FLOW ...]
# tools/deps.sh test installs what npm has; web3.py lives in a venv beside the build folders.
set -eu
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")"
venv=$(dirname "$out")/clients-python
if ! cmp -s web3py/requirements.txt "$venv/.installed"; then
	rm -rf "$venv"
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement web3py/requirements.txt
	cp web3py/requirements.txt "$venv/.installed"
fi
exec node all.mjs "$out/bin" "$venv/bin/python" "$@"
