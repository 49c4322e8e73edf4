#!/usr/bin/env bash
# Stops the running service, if there is one, and waits until it is gone.
set -euo pipefail
pid_file=$SITE/run/webshop.pid
[ -s "$pid_file" ] || exit 0
pid=$(cat "$pid_file")

# The number may by now be that of another program.
is_ours() { tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q 'webshop\.server'; }

for signal in TERM KILL; do
  is_ours || break
  kill -s "$signal" "$pid" 2>/dev/null || true
  for _ in $(seq 50); do
    is_ours || break
    sleep 0.1
  done
done
if is_ours; then
  echo "the service (process $pid) does not stop" >&2
  exit 1
fi
rm -f "$pid_file"
echo "stopped"
