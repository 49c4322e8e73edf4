#!/usr/bin/env bash
# Every rule by its short name, through the real host. Usage: rules_cli.sh SLUICE
set -euo pipefail
sluice=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

expect() {  # STATUS TEXT ARGUMENTS...
  local wanted=$1 text=$2 status=0 said
  shift 2
  said=$("$sluice" action run "$@" 2>&1) || status=$?
  if [ "$status" -ne "$wanted" ] || [[ $said != *"$text"* ]]; then
    echo "action run $*: status $status, wanted $wanted and '$text'; it said:"
    echo "$said"
    exit 1
  fi
}

expect 0 "is a match of" rule/variable-check -c Variable=release/1 -c 'Value=release/.*' -c Operator=MATCHES
expect 1 "'main' is not equal to 'dev'" rule/variable-check -c Variable=main -c Value=dev -c Operator=EQ
expect 0 "Inside the window" rule/deployment-window -c 'Cron=* * * * * ?' -c TimeZone=Europe/Berlin
expect 1 "does not open any more" rule/deployment-window -c 'Cron=0 0 12 * * ? 2020'
expect 0 "in state ALARM" rule/alarm -c AlarmName=x -c 'Command=exit 1' -c AlarmStates=ALARM
expect 0 "Succeeded" rule/commands --command true
expect 1 "exit status 3" rule/commands --command 'exit 3'
expect 0 "Succeeded" rule/exec -c command=true
expect 2 "did you mean \`rule/alarm\`" rule/alrm
echo "rules: passed"
