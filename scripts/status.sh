#!/usr/bin/env bash
# Say what of this clone runs, in containers and outside of them, and where; exit 4 when nothing does.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
python=$("$root/scripts/python.sh")

running=$("$python" -P "$root/scripts/stack" running) || true # it has said why it cannot be known
[ -z "$running" ] || "$python" -P "$root/scripts/stack" status

if [ -n "$running" ]; then
  # What runs outside of containers besides, if anything does.
  if [ -x "$root/.venv/bin/python" ] && outside=$("$root/.venv/bin/python" -P -m pycore.local status); then
    printf '%s\n' "$outside"
  fi
  exit 0
fi
if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'start.sh: nothing runs: this clone was never started\n' >&2
  exit 4
fi
exec "$root/.venv/bin/python" -P -m pycore.local status
