#!/bin/sh
# Fails, with the difference, if a file is not as clang-format would have it.
set -eu
cd "$(dirname "$0")/../.."
command -v clang-format >/dev/null || { packaging/install-packages.sh ci; }
git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format --dry-run --Werror
echo "format: clean"
