#!/usr/bin/env bash
# `action run` and `plugin` from outside: exit statuses, JSON, and where things go.
# Usage: action_cli.sh PROGRAM ZOO
set -euo pipefail
sluice=$1 zoo=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_STATE_HOME=$scratch/xdg
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
cd "$scratch"

fail() {
  echo "FAILED: $*" >&2
  echo "stdout: $(cat out)" >&2
  echo "stderr: $(cat err)" >&2
  exit 1
}
# expect STATUS ARGUMENT...: runs, keeps both streams, checks the exit status.
expect() {
  local wanted=$1 status=0
  shift
  "$sluice" "$@" >out 2>err </dev/null || status=$?
  [ "$status" = "$wanted" ] || fail "$* ended with $status, not $wanted"
}
behaving() { local status=$1 type=$2; shift 2; expect "$status" action run "$type" --plugin "$zoo/behaving.so" "$@"; }
misbehaving() { local status=$1 type=$2; shift 2; expect "$status" action run "$type" --plugin "$zoo/misbehaving.so" "$@"; }
json() { python3 -c "import json,sys; r=json.load(open('out')); sys.exit(not ($1))" || fail "not so: $1"; }
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }

# Success, with everything that an action is given.
behaving 0 invoke/tell -c a=1 -c c=x=y --command make --variable V --env N=E --base / --revision r7 --json
json 'r["status"]=="Succeeded" and r["failure"] is None and r["artifacts"]==[] and r["details"]=={}'
json 'r["outputVariables"]["texts"]=="a=1;b=7;c=x=y;make;V;N=E;"'
json 'r["outputVariables"]["base"]=="/" and r["outputVariables"]["revision"]=="r7"'

# Input is copied, output is filled, details are JSON.
mkdir -p src/sub
echo one >src/sub/file
ln -s sub/file src/link
behaving 0 build/merge@1 --input app=src --output made=new/out --json
json 'r["artifacts"]==[{"name":"made","directory":"'"$scratch"'/new/out","revision":"r-made","revisionSummary":"merged","revisionUrl":"file:///r"}]'
json 'r["details"]=={"phases":["MERGE:SUCCEEDED"]} and r["external"]["id"]=="ext-1"'
[ "$(cat new/out/sub/file)" = one ] || fail "the output is not there"
[ "$(find src | wc -l)" = 4 ] || fail "the input was touched"

# category/provider names a type too, whatever its case.
behaving 0 Invoke/Nothing

# The log is live on stdout, or on stderr beside JSON.
behaving 0 invoke/say -c text=hello
says out "warning: ***"
behaving 1 invoke/say -c text=hello -c fail=true --json
says err "warning: ***"
json 'r["status"]=="Failed" and r["failure"]=={"type":"SystemUnavailable","kind":"Transient","code":"Mute","message":"could not say ***"}'

# What an action hides by itself is hidden everywhere.
behaving 1 invoke/leak -c secret=hunter2 -c fail=true --json
says err "log ***"
json 'r["failure"]["message"]=="failed with ***" and r["details"]=={"answer":{"***":["a ***",12345]}}'
! grep -q hunter2 out err || fail "the secret is there"

# The state directory is the user's, and kept.
behaving 0 invoke/tell --state state --json
behaving 0 invoke/tell --state state --json
json 'r["outputVariables"]["calls"]=="2" and r["outputVariables"]["state"]=="'"$scratch"'/state"'

# CONTINUE is honoured; a signal comes from the command line, or the action cannot end.
behaving 0 invoke/in-turns --signal '{"approved":true}' --json
json 'r["outputVariables"]["signal"]=="{\"approved\":true}"'
behaving 1 invoke/in-turns --json
json 'r["failure"]["code"]=="WaitsForSignal"'

# Time limits and misbehaviour.
behaving 1 invoke/patient --timeout 100ms --json
json 'r["failure"]["kind"]=="TimedOut" and r["failure"]["type"]=="JobFailed"'
misbehaving 1 invoke/crash --json
json 'r["failure"]["kind"]=="Crashed" and "signal 11" in r["failure"]["message"]'
says err "write_to_nowhere"
misbehaving 1 invoke/exit -c status=0 --json
json 'r["failure"]["kind"]=="Misbehaved" and "exit(0)" in r["failure"]["message"]'

# Interruption: the action is asked to end, and the status is 130.
"$sluice" action run invoke/patient --plugin "$zoo/behaving.so" --state state --json >out 2>err </dev/null &
pid=$!
until grep -q waiting err; do kill -0 $pid || fail "ended early"; done
kill -INT $pid
status=0
wait $pid || status=$?
[ "$status" = 130 ] || fail "interrupted with $status"
json 'r["status"]=="Stopped"'
[ -f state/cancelled ] || fail "the action did not hear of it"

# Bad input: status 2, and what to do.
expect 2 action run no/such --plugin "$zoo/behaving.so"; says err "no/such"
expect 2 action run; says err "TYPE"
behaving 2 invoke/say -c txt=hello; says err "text"
behaving 2 invoke/say -c fail=perhaps; says err "true or false"
behaving 2 invoke/tell -c b=seven; says err "whole number"
behaving 2 invoke/tell -c nothing; says err "key=value"
behaving 2 invoke/tell --input app=missing; says err "missing"
behaving 2 invoke/tell --input "a b=src"; says err "artifact name"
behaving 2 invoke/tell --input app=src --input app=src; says err "twice"
behaving 2 invoke/tell --input app=src/sub/file; says err "not a directory"
misbehaving 2 invoke/crash --input app=src; says err "takes 0 input artifacts, 1 given"
behaving 2 invoke/tell --timeout soon; says err "duration"
behaving 2 invoke/tell --signal '{'; says err "JSON"
behaving 2 invoke/tell --base missing; says err "not a directory"
expect 2 action run x --plugin missing.so; says err "cannot be opened"
expect 2 action run x --plugin "$zoo/newer_abi.so"; says err "minor version 99"
expect 2 action run x --plugin "$zoo/../wire_test"; says err "an executable"

# Inspecting and listing.
expect 0 plugin inspect "$zoo/behaving.so"; says out "build/merge@1"; says out "integer, default 7"
expect 0 plugin inspect "$zoo/behaving.so" --json; json 'len(r)==9 and r[1]["configurationSchema"]["properties"]["b"]["default"]==7'
expect 1 plugin inspect "$zoo/two_entries.so"; says err "more than one entry symbol"
expect 2 plugin inspect missing.so; says err "cannot be opened"
mkdir -p .sluice/plugins
cp "$zoo/behaving.so" .sluice/plugins/
expect 0 plugin list; says out "invoke/tell@1"
expect 0 action run invoke/nothing
echo broken >.sluice/plugins/broken.so
expect 1 plugin list; says err "broken.so: not a shared library"; says out "invoke/tell@1"
expect 0 action run invoke/nothing; says err "broken.so"

[ -z "$(ls "$TMPDIR")" ] || fail "left in TMPDIR: $(ls "$TMPDIR")"
echo ok
