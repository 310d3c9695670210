#!/bin/sh
# Real client libraries against a devnet.   tests/clients/run.sh BUILD_FOLDER
set -eu
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
exec node all.mjs "$out/bin"
