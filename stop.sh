#!/usr/bin/env bash
# Stop what ./start.sh started in this clone, wherever it was called from; what is stored stays, unless --purge is said.
set -euo pipefail

usage='usage: ./stop.sh [local|full-stack|standalone|dev]    stop it, or all that runs; nothing that is stored is removed
       ./stop.sh [full-stack|standalone|dev] --purge [--yes]    also remove what its volumes hold, after a question'

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export STACK_CALLER=stop.sh

refuse() { # refuse WHY
  printf 'stop.sh: %s\n%s\n' "$1" "$usage" >&2
  exit 2
}

mode=any purge=no options=''
for argument in "$@"; do
  case $argument in
  local | full-stack | standalone | dev)
    [ "$mode" = any ] || refuse "one mode at a time, not $mode and $argument"
    mode=$argument
    ;;
  --purge) purge=yes ;;
  --yes) options=--yes ;;
  -h | --help)
    printf '%s\n' "$usage"
    exit 0
    ;;
  *) refuse "unknown argument $argument" ;;
  esac
done

code=0
case $purge/$mode in
yes/local) refuse 'local keeps everything in the folder data (ENV_DATA_DIR); remove that when it is stopped' ;;
yes/*)
  python=$("$root/scripts/python.sh")
  exec "$python" -P "$root/scripts/stack" purge "$mode" ${options:+"$options"}
  ;;
no/*) [ -z "$options" ] || refuse '--yes is for --purge' ;;
esac
case $mode in
any)
  if [ -n "${ENV_STACK_NAME:-}" ] || [ -e "${ENV_SECRETS_DIR:-$root/compose/secrets}/stack_name" ]; then
    python=$("$root/scripts/python.sh")
    "$python" -P "$root/scripts/stack" down any || code=$?
  fi
  ;;
full-stack | standalone | dev)
  python=$("$root/scripts/python.sh")
  exec "$python" -P "$root/scripts/stack" down "$mode"
  ;;
esac

if [ ! -x "$root/.venv/bin/python" ]; then
  exit "$code" # nothing runs outside of containers: this clone has no environment for it
fi
"$root/.venv/bin/python" -P -m pycore.local stop || code=$?
exit "$code"
