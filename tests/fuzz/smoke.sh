#!/usr/bin/env bash
# Runs every fuzzer of a build for a bounded time, from its seeds. Usage: smoke.sh BUILD_DIR [SECONDS_EACH]
set -euo pipefail
build=$1 seconds=${2:-10}
here=$(cd "$(dirname "$0")" && pwd)
passed=0
for fuzzer in "$build"/fuzz/*; do
  [ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
  name=$(basename "$fuzzer")
  corpus=$(mktemp -d)
  trap 'rm -rf "$corpus"' EXIT
  seeds=()
  [ -d "$here/seeds/$name" ] && seeds=("$here/seeds/$name")
  echo "fuzz $name for $seconds s"
  if ! "$fuzzer" -seed=1 -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$corpus/crash-" \
      "$corpus" "${seeds[@]}" >"$corpus/log" 2>&1; then
    tail -40 "$corpus/log"
    for crash in "$corpus"/crash-*; do [ -f "$crash" ] && { echo "input (base64):"; base64 "$crash"; }; done
    echo "fuzz $name FAILED"
    exit 1
  fi
  grep -E 'DONE|stat::number_of_executed' "$corpus/log" | tail -1 || true
  rm -rf "$corpus"
  passed=$((passed + 1))
done
[ "$passed" -gt 0 ] || { echo "no fuzzer was built"; exit 1; }
echo "fuzz: $passed passed, 0 failed"
