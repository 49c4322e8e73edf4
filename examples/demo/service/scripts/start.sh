#!/usr/bin/env bash
# Starts the service in the background: a session of its own, and no stream of this script's.
set -euo pipefail
cd "$SITE/app"
PYTHONDONTWRITEBYTECODE=1 setsid python3 -m webshop.server --port "$PORT" \
  </dev/null >>"$SITE/log/webshop.log" 2>&1 &
echo $! >"$SITE/run/webshop.pid"
echo "started as process $!"
