#!/usr/bin/env bash
# validate, schema and graph as their user meets them: output, exit status. Usage: cli_test.sh PROGRAM FILES
set -uo pipefail
program=$1 files=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
# expect NAME STATUS PATTERN COMMAND...: exit status, and a pattern in stdout and stderr together
expect() {
  local name=$1 status=$2 pattern=$3 output actual
  shift 3
  output=$("$@" 2>&1)
  actual=$?
  if [ "$actual" = "$status" ] && grep -qE -- "$pattern" <<<"$output"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: status %s (wanted %s), output:\n%s\n' "$name" "$actual" "$status" "$output"
  fi
}
printf 'name: p\nstage: []\n' >"$scratch/bad.yml"

expect 'a valid file' 0 'webshop.yml: valid: pipeline webshop, 3 stages, 5 actions' "$program" validate "$files/webshop.yml"
expect 'a bad file' 2 'error\[unknown-key\]: .*did you mean `stages`' "$program" validate "$scratch/bad.yml"
expect 'the place' 2 "bad.yml:2:1" "$program" validate "$scratch/bad.yml"
expect 'the count' 2 'bad.yml: 2 errors' "$program" validate "$scratch/bad.yml"
expect 'one bad file among good ones' 2 'webshop.yml: valid' "$program" validate "$scratch/bad.yml" "$files/webshop.yml"
expect 'no file' 2 'No such file' "$program" validate "$scratch/absent.yml"
expect 'a directory' 2 'is a directory' "$program" validate "$scratch"
expect 'standard input' 0 'stdin|valid' "$program" validate - <"$files/webshop.yml"
expect 'JSON of a good file' 0 '^\{"valid":true,"files":\[\{"file":.*"diagnostics":\[\]\}\]\}$' "$program" validate --json "$files/webshop.yml"
expect 'JSON of a bad file' 2 '"code":"unknown-key"' "$program" validate --json "$scratch/bad.yml"
expect 'JSON is JSON' 0 'False' sh -c "'$program' validate --json '$scratch/bad.yml' '$files/webshop.yml' | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"valid\"])'"
expect 'colour when asked' 2 $'\x1b\\[1;31m' env SAMPLE_COLOR=1 "$program" validate "$scratch/bad.yml"
expect 'a schema' 0 'json-schema.org/draft-07' "$program" schema
expect 'a schema in a file' 0 '' "$program" schema --output "$scratch/schema.json"
expect 'that is JSON' 0 'definitions' python3 -c "import json; print(list(json.load(open('$scratch/schema.json'))))"
expect 'a schema that cannot be written' 2 'cannot write' "$program" schema --output "$scratch/absent/schema.json"
expect 'a picture' 0 '╭─ Source' "$program" graph "$files/webshop.yml"
expect 'Mermaid' 0 '^flowchart LR' "$program" graph "$files/webshop.yml" --format mermaid
expect 'DOT' 0 '^digraph "webshop"' "$program" graph "$files/webshop.yml" --format dot
expect 'another format' 105 'IsMember|not in' "$program" graph "$files/webshop.yml" --format png
expect 'a picture of a bad file' 2 'unknown-key' "$program" graph "$scratch/bad.yml"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
