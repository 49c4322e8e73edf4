#!/bin/sh
# Runs the plugin, given as $1, and looks at what it did.
set -eu
result=$("$SLUICE" action run --plugin "$1" -c name=you --json)
case $result in
  *'"greeting": "hello you"'*) ;;
  *) echo "unexpected: $result" >&2; exit 1 ;;
esac
# What the schema requires is checked before the plugin is asked.
status=0
"$SLUICE" action run --plugin "$1" --json || status=$?
test "$status" = 2
