#!/bin/sh
# clang-format, tests/tidy and clang-tidy over what changed since a revision (default: everything in engine, events, sdk).
set -eu
cd "$(dirname "$0")/../.."
packaging/install-packages.sh ci
tests/tidy/format.sh
python3 tests/tidy/tidy.py .
cmake --preset dev >/dev/null
if [ -n "${SINCE:-}" ]; then files=$(git diff --name-only "$SINCE" -- '*.cpp'); else files=$(git ls-files 'engine/*.cpp' 'events/*.cpp' 'sdk/*.cpp'); fi
[ -z "$files" ] || echo "$files" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/dev --quiet
