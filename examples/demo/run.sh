#!/usr/bin/env bash
# The demo: a webshop from its git repository to a running, verified service; then a commit that breaks a test, while
# a subscriber in a process of its own hears of it; then the repair. Checks every step; exit 0 only if all went as told.
#
# Usage: examples/demo/run.sh BUILD_DIRECTORY
# SLUICE_DEMO_DIR (a directory that does not exist yet, or is empty) keeps everything; default: a new one below /tmp.
set -euo pipefail

build=$(cd "${1:?usage: run.sh BUILD_DIRECTORY}" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
subscriber_program=$here/../subscribers/failures.py
sluice=$build/bin/sluice

bold='' dim='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
fi
step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '%s   %s%s\n' "$dim" "$*" "$plain"; }
die() {
  printf '\n%sThe demo went wrong: %s%s\n' "$red" "$*" "$plain" >&2
  [ -z "${scratch:-}" ] || echo "Everything it made is in $scratch" >&2
  exit 1
}

# ---- the place: everything is made in one directory, with git set apart from the user's own configuration
[ -x "$sluice" ] || die "there is no $sluice; build it first: make"
python=
for candidate in /usr/bin/python3 python3; do
  if "$candidate" -c 'import msgpack, zmq' 2>/dev/null; then python=$candidate && break; fi
done
[ -n "$python" ] || die "no python3 has the modules zmq and msgpack (Debian: python3-zmq, python3-msgpack)"
scratch=${SLUICE_DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/sluice-demo.XXXXXX")}
mkdir -p "$scratch" && scratch=$(cd "$scratch" && pwd)
[ -z "$(ls -A "$scratch")" ] || die "$scratch is not empty"
data=$scratch/data site=$scratch/site repository=$scratch/webshop
port=${SLUICE_DEMO_PORT:-$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.org GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.org

subscriber=
finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$subscriber" ]; then
    kill "$subscriber" 2>/dev/null || true
    wait "$subscriber" 2>/dev/null || true
  fi
  SITE=$site PORT=$port bash "$here/service/scripts/stop.sh" >/dev/null || true
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- what the steps are made of
commit() {
  git -C "$repository" add --all
  git -C "$repository" commit --quiet --message "$1"
  note "commit $(git -C "$repository" rev-parse --short=8 HEAD): $1"
}
# Puts $2 where $1 stands in the catalogue, and insists that something changed.
edit() {
  sed -i "s/$1/$2/" "$repository/webshop/catalogue.py"
  ! git -C "$repository" diff --quiet || die "the edit of webshop/catalogue.py changed nothing"
}
# Runs the pipeline and insists on the exit status $1.
run_pipeline() {
  local status=0
  note "$ sluice run pipeline.yml --approve"
  "$sluice" run "$scratch/pipeline.yml" --data "$data" --approve || status=$?
  [ "$status" = "$1" ] || die "sluice run ended with exit status $status, not $1"
}
# The version that the running service tells.
running() { curl --silent --fail --max-time 5 "http://127.0.0.1:$port/health" || echo "no answer"; }
expect_running() {
  local health
  health=$(running)
  [[ $health == *"\"$1\""* ]] || die "the service should run $1, but answers: $health"
  note "the service on port $port: $health"
}
# Waits until the subscriber has printed a line that matches $1.
expect_heard() {
  for _ in $(seq 100); do
    if grep -q "$1" "$scratch/failures.log"; then return 0; fi
    kill -0 "$subscriber" 2>/dev/null || die "the subscriber ended: $(cat "$scratch/subscriber.err")"
    sleep 0.1
  done
  die "the subscriber has not heard of: $1"
}

# ---- the story
step "1. A webshop in a git repository, and a pipeline: Source > Build > Test > Approve > Deploy > Verify"
cp -R "$here/service" "$repository"
git init --quiet --initial-branch=main "$repository"
sed -e "s|/srv/webshop|$site|" -e "s|defaultValue: \"8080\"|defaultValue: \"$port\"|" "$here/pipeline.yml" >"$scratch/pipeline.yml"
commit "A webshop"
first=$(git -C "$repository" rev-parse HEAD)
"$python" "$subscriber_program" "$data" >"$scratch/failures.log" 2>"$scratch/subscriber.err" </dev/null &
subscriber=$!
note "subscriber of failures: process $subscriber"
run_pipeline 0
expect_running "$first"
[ ! -s "$scratch/failures.log" ] || die "the subscriber heard of a failure in a good run: $(cat "$scratch/failures.log")"

step "2. A commit that breaks a test: the pipeline stops, the old version runs on, the subscriber hears of it"
edit 'quantity >= BULK_QUANTITY' 'quantity > BULK_QUANTITY'
commit "Bulk discount only above ten"
run_pipeline 1
expect_heard 'FAILED webshop/Test/Unit'
expect_heard 'FAILED webshop\( \|$\)'
note "the subscriber, process $subscriber, printed:"
sed 's/^/   /' "$scratch/failures.log"
expect_running "$first"

step "3. The repair"
heard=$(wc -l <"$scratch/failures.log")
edit 'quantity > BULK_QUANTITY' 'quantity >= BULK_QUANTITY'
commit "Bulk discount from ten on, as the tests say"
third=$(git -C "$repository" rev-parse HEAD)
run_pipeline 0
expect_running "$third"
[ "$(wc -l <"$scratch/failures.log")" = "$heard" ] || die "the subscriber heard of a failure in a good run"

step "What happened"
executions=$("$sluice" executions --data "$data")
echo "$executions"
counts="$(grep -cw Succeeded <<<"$executions") succeeded, $(grep -cw Failed <<<"$executions") failed"
[ "$counts" = "2 succeeded, 1 failed" ] || die "the history should have 2 succeeded, 1 failed, not $counts"

step "Try next"
cat <<END
   export PATH=$build/bin:\$PATH SLUICE_DATA=$data
   sluice show                       # the last execution, action by action
   sluice logs                       # what its actions printed
   cd $scratch                       # change and commit something in webshop/, then:
   sluice run pipeline.yml           # asks for approval, and leaves the service running
   SITE=$site bash webshop/scripts/stop.sh; rm -r $scratch    # when done
END
