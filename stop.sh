#!/usr/bin/env bash
# Stop what ./start.sh started in this clone, wherever it was called from; what is stored stays, unless --purge is said.
set -euo pipefail

usage='usage: ./stop.sh [local|full-stack|standalone|dev]   stop it, or all that runs; nothing that is stored is removed
       ./stop.sh [full-stack|standalone|dev] --purge [--yes]   also remove what its volumes hold, after a question'

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mode=any purge=no yes=()
for argument in "$@"; do
  case $argument in
  local | full-stack | standalone | dev) mode=$argument ;;
  --purge) purge=yes ;;
  --yes) yes=(--yes) ;;
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

export STACK_CALLER=stop.sh
if [ "$purge" = yes ]; then
  if [ "$mode" = local ]; then
    printf 'stop.sh: local keeps everything in the folder data (ENV_DATA_DIR); remove that when it is stopped\n' >&2
    exit 2
  fi
  exec "$root/scripts/stack.sh" purge "$mode" "${yes[@]}"
fi
if [ "$mode" != any ] && [ "$mode" != local ]; then
  exec "$root/scripts/stack.sh" down "$mode"
fi
if [ "$mode" = any ] && command -v docker >/dev/null && [ -n "$("$root/scripts/stack.sh" running 2>/dev/null)" ]; then
  "$root/scripts/stack.sh" down any
fi

if [ ! -x "$root/.venv/bin/python" ]; then
  printf 'stop.sh: nothing runs: this clone was never started\n' >&2
  exit 0
fi
exec "$root/.venv/bin/python" -P -m pycore.local stop
