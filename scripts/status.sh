#!/usr/bin/env bash
# Say what of this clone runs, in containers and outside of them, and where; exit 4 when nothing does.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
python=$("$root/scripts/python.sh")

running=$("$python" -P "$root/scripts/stack" running) || true # it has said why it cannot be known
if [ -n "$running" ]; then
  code=0
  "$python" -P "$root/scripts/stack" status || code=$?
  # What runs outside of containers besides, if anything does.
  if [ -x "$root/.venv/bin/python" ] && outside=$("$root/.venv/bin/python" -P -m pycore.local status); then
    printf '%s\n' "$outside"
  fi
  exit "$code"
fi
if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'start.sh: nothing of this clone runs\n' >&2
  exit 4
fi
exec "$root/.venv/bin/python" -P -m pycore.local status
