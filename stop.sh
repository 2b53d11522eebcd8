#!/usr/bin/env bash
# Stop what ./start.sh started in this clone, wherever it was called from; what is stored stays.
set -euo pipefail

usage='usage: ./stop.sh [local]    stop JupyterLab and Redis of this clone; nothing that is stored is removed'

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
for argument in "$@"; do
  case $argument in
  local) ;;
  -h | --help)
    printf '%s\n' "$usage"
    exit 0
    ;;
  *)
    printf 'stop.sh: unknown argument %s\n%s\n' "$argument" "$usage" >&2
    exit 2
    ;;
  esac
done

if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'stop.sh: nothing runs: this clone was never started\n' >&2
  exit 0
fi
exec "$root/.venv/bin/python" -P -m pycore.local stop
