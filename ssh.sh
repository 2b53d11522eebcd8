#!/usr/bin/env bash
# A shell, or one command, in a container of this clone:  ./ssh.sh jupyter -- pycore doctor
set -euo pipefail

usage='usage: ./ssh.sh [jupyter|redis|db] [-- COMMAND...]    a shell there, or what COMMAND says; jupyter is the default'

case ${1:-} in
-h | --help)
  printf '%s\n' "$usage"
  exit 0
  ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export STACK_CALLER=ssh.sh
python=$("$root/scripts/python.sh")
set -- "$python" -P "$root/scripts/stack" shell "$@"
exec "$@"
