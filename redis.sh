#!/usr/bin/env bash
# redis-cli on the running cache of this clone, wherever it runs:  ./redis.sh LRANGE LATEST_IBM_DAILY_STICKS 0 0
# Text comes out as it is and an error ends with an exit code; --no-raw prints as redis-cli does on a terminal.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
if command -v docker >/dev/null && [ -n "$("$root/scripts/stack.sh" running 2>/dev/null)" ]; then
  if [ ! -x "$root/.venv/bin/python" ] || ! "$root/.venv/bin/pycore" redis status >/dev/null 2>&1; then
    export STACK_CALLER=redis.sh
    exec "$root/scripts/stack.sh" redis "$@"
  fi
fi
if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'redis.sh: the Redis of this clone does not run; ./start.sh starts it\n' >&2
  exit 4
fi
exec "$root/.venv/bin/python" -P -m pycore.local redis "$@"
