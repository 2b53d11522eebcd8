#!/usr/bin/env bash
# Wait until a database answers and holds its data, then become COMMAND. When the time is over, COMMAND is not run.
set -euo pipefail

usage() {
  cat <<'EOT'
usage: wait-for-database.sh [DATABASE] [-t SECONDS] [-q] [-- COMMAND ...]

  DATABASE    of the configuration; STOCKS, or the only one, without it
  -t SECONDS  give up after this; 60 without it, 0 asks once
  -q          say nothing, except why it failed

exit codes: that of COMMAND, 0 without one; 2 usage, 3 configuration, 4 it was not ready in time
EOT
}

fail() {
  printf 'wait-for-database.sh: %s\n' "$2" >&2
  exit "$1"
}

name='' timeout=60 quiet=''
while [ $# -gt 0 ]; do
  case $1 in
  -h | --help)
    usage
    exit 0
    ;;
  -q | --quiet) quiet=-q ;;
  -t | --timeout)
    [ $# -gt 1 ] || fail 2 '-t needs SECONDS; --help says how'
    timeout=$2
    shift
    ;;
  --)
    shift
    break
    ;;
  -*) fail 2 "unknown option $1; a command stands behind --; --help says how" ;;
  *)
    [ -z "$name" ] || fail 2 "$1 is one name too many; a command stands behind --; --help says how"
    name=$1
    ;;
  esac
  shift
done

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
pycore=$(command -v pycore || printf '%s\n' "$root/.venv/bin/pycore")
[ -x "$pycore" ] || fail 3 "there is no pycore in PATH or in $root/.venv; ./start.sh makes one"

trap 'kill "$!"' HUP INT TERM # else the waiting would outlive this script, and a container its stop
"$pycore" ${quiet:+-q} db wait --timeout "$timeout" -- ${name:+"$name"} &
wait "$!"
trap - HUP INT TERM
[ $# -gt 0 ] || exit 0
exec "$@"
