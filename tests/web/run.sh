#!/bin/sh
# The dashboard in headless browsers.   tests/web/run.sh BUILD_FOLDER
# make web-test installs what it needs.  Screenshots: build/web/*.png.
set -eu
out=$(cd "$1" && pwd)
shots=$(dirname "$out")/web
mkdir -p "$shots"
cd "$(dirname "$0")"
exec node all.mjs "$out/bin" "$shots"
