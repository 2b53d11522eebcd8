#!/usr/bin/env bash
# Stop what ./start.sh started in this clone, wherever it was called from; what is stored stays, unless --purge is said.
set -euo pipefail

usage='usage: ./stop.sh [local|full-stack|standalone|dev]    stop it, or all that runs; nothing that is stored is removed
       ./stop.sh [full-stack|standalone|dev] --purge [--yes]    also remove what its volumes hold, after a question'

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export STACK_CALLER=stop.sh
mode=any purge=no options=''
for argument in "$@"; do
  case $argument in
  local | full-stack | standalone | dev) mode=$argument ;;
  --purge) purge=yes ;;
  --yes) options=--yes ;;
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

stack() { "$("$root/scripts/python.sh")" -P "$root/scripts/stack" "$@"; }

code=0
case $purge/$mode in
yes/local)
  printf 'stop.sh: local keeps everything in the folder data (ENV_DATA_DIR); remove that when it is stopped\n' >&2
  exit 2
  ;;
yes/*) stack purge "$mode" ${options:+"$options"} && exit 0 || exit ;;
no/any)
  if [ -n "${ENV_STACK_NAME:-}" ] || [ -e "${ENV_SECRETS_DIR:-$root/compose/secrets}/stack_name" ]; then
    stack down any || code=$?
  fi
  ;;
no/local) ;;
*) stack down "$mode" && exit 0 || exit ;;
esac

if [ ! -x "$root/.venv/bin/python" ]; then
  exit "$code" # nothing runs outside of containers: this clone has no environment for it
fi
"$root/.venv/bin/python" -P -m pycore.local stop || code=$?
exit "$code"
