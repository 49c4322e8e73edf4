#!/bin/sh
# Installs the Debian packages that building and testing need, if any is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packages=$(grep -v -e '^#' -e '^$' "$here/debian-packages.txt")
missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing Debian packages:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Missing packages and no sudo; as root, run: apt-get install$missing" >&2; exit 1; }
  as_root=sudo
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
