#!/usr/bin/env bash
# Makes the folders that the service writes to, and makes sure that nobody else has its port.
set -euo pipefail
mkdir -p "$SITE/run" "$SITE/log"
if python3 -c 'import socket, sys; sys.exit(socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))))' "$PORT"; then
  echo "port $PORT is in use by another program; choose another PORT" >&2
  exit 1
fi
