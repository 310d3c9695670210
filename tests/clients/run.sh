#!/bin/sh
# Real client libraries against a devnet.   tests/clients/run.sh BUILD_FOLDER [full | FLOW ...]
# tools/deps.sh test installs what npm has; what Python has lives in venvs beside the build folders.
set -eu
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")"
exec node all.mjs "$out/bin" "$@"
