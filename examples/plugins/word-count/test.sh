#!/bin/sh
# Runs the plugin, given as $1, over a small folder, and looks at what it made.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/text"
echo "one two three" >"$scratch/text/a.md"
echo "four" >"$scratch/text/b.txt"
result=$("$SLUICE" action run --plugin "$1" -c extension=.md --input "text=$scratch/text" \
  --output "report=$scratch/report" --json)
case $result in
  *'"words": "3"'*'"files": 1'*) ;;
  *) echo "unexpected: $result" >&2; exit 1 ;;
esac
test "$(cat "$scratch/report/words.txt")" = "3 a.md"
# A misconfigured run is a failure, not bad input.
status=0
"$SLUICE" action run --plugin "$1" -c extension=.none --input "text=$scratch/text" || status=$?
test "$status" = 1
