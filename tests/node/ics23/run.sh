#!/bin/sh
# The crate ics23 on the proofs that are kept, then on some thousand more.
#   tests/node/ics23/run.sh BUILD_FOLDER          needs cargo and, once, its registry
set -eu
out=$1
here=$(dirname "$0")
make --no-print-directory "$out/tests/node/test_ics23"
mkdir -p build/ics23
cp "$here/Cargo.toml" "$here/main.rs" build/ics23/
cargo build --quiet --release --manifest-path build/ics23/Cargo.toml
build/ics23/target/release/ics23-check <"$here/vectors.txt"
"$out/tests/node/test_ics23" proofs >build/ics23/proofs.txt
build/ics23/target/release/ics23-check <build/ics23/proofs.txt
