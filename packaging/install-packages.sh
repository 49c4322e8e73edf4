#!/bin/sh
# Installs the Debian packages that are missing. With the argument `ci` also those that CI alone needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lists="$here/debian-packages.txt"
[ "${1:-}" = ci ] && lists="$lists $here/debian-packages-ci.txt"
# shellcheck disable=SC2086
packages=$(cat $lists | grep -v -e '^#' -e '^$')
missing=
for package in $packages; do
  # Some distributions of Node bring npm along and conflict with Debian's package of it.
  [ "$package" = npm ] && command -v npm >/dev/null && continue
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
