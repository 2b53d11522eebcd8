#!/usr/bin/env bash
# redis-cli on the running cache of this clone, wherever it runs:  ./redis.sh LRANGE LATEST_IBM_DAILY_STICKS 0 0
# Text comes out as it is and an error ends with an exit code; --no-raw prints as redis-cli does on a terminal.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export STACK_CALLER=redis.sh
if [ -n "${ENV_STACK_NAME:-}" ] || [ -e "${ENV_SECRETS_DIR:-$root/compose/secrets}/stack_name" ]; then
  if [ ! -x "$root/.venv/bin/pycore" ] || ! "$root/.venv/bin/pycore" redis status >/dev/null 2>&1; then
    python=$("$root/scripts/python.sh")
    exec "$python" -P "$root/scripts/stack" redis "$@"
  fi
fi
if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'redis.sh: the Redis of this clone does not run; ./start.sh starts it\n' >&2
  exit 4
fi
exec "$root/.venv/bin/python" -P -m pycore.local redis "$@"
