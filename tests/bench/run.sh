#!/usr/bin/env bash
# Runs every benchmark of a build. Usage: run.sh BUILD_DIR
set -euo pipefail
build=$1
printf '%s, %s cores, %s\n\n' "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//')" "$(nproc)" "$(uname -sr)"
for bench in "$build"/bench/*; do
  [ -f "$bench" ] && [ -x "$bench" ] || continue
  "$bench"
  echo
done
