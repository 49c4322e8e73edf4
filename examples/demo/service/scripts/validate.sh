#!/usr/bin/env bash
# Waits until the service that answers is the one that was just installed.
set -euo pipefail
want=$(cat "$SITE/app/VERSION")
for _ in $(seq 100); do
  health=$(curl --silent --fail --max-time 2 "http://127.0.0.1:$PORT/health" || true)
  if [[ $health == *'"status": "ok"'* && $health == *"\"$want\""* ]]; then
    echo "healthy: $health"
    exit 0
  fi
  sleep 0.1
done
echo "the service is not healthy: ${health:-no answer}; its last words:" >&2
tail -n 20 "$SITE/log/webshop.log" >&2
exit 1
