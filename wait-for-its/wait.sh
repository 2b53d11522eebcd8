#!/usr/bin/env bash
# What wait-for-it.sh, wait-for-database.sh and wait-for-redis.sh do: wait, then become COMMAND, or fail without running it.
set -euo pipefail

what=$1
shift
case $what in
it) named=HOST:PORT words=(wait) meaning='HOST:PORT    that accepts a connection' ;;
database) named='[DATABASE]' words=(db wait) meaning='DATABASE     of the configuration; STOCKS without it' ;;
*) named='[APPLICATION]' words=(redis wait) meaning='APPLICATION  of the configuration; CACHE without it' ;;
esac

fail() {
  printf 'wait-for-%s.sh: %s\n' "$what" "$2" >&2
  exit "$1"
}

name='' timeout=60 quiet=''
while [ $# -gt 0 ]; do
  case $1 in
  -h | --help)
    printf 'usage: wait-for-%s.sh %s [-t SECONDS] [-q] [-- COMMAND ...]\n\n  %s\n' "$what" "$named" "$meaning"
    printf '  -t SECONDS   give up after this; 60 without it, 0 asks once\n'
    printf '  -q           say nothing, except why it failed\n\n'
    printf 'exit codes: that of COMMAND, 0 without one; 2 usage, 3 configuration, 4 it was not ready in time\n'
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
[ -n "$name" ] || [ "$what" != it ] || fail 2 'HOST:PORT is missing; --help says how'

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
pycore=$(command -v pycore || printf '%s\n' "$root/.venv/bin/pycore")
[ -x "$pycore" ] || fail 3 "there is no pycore in PATH or in $root/.venv; ./start.sh makes one"

trap 'kill "$!"' HUP INT TERM # else the waiting would outlive this script, and a container its stop
"$pycore" ${quiet:+-q} "${words[@]}" --timeout "$timeout" -- ${name:+"$name"} &
wait "$!"
trap - HUP INT TERM
[ $# -gt 0 ] || exit 0
exec "$@"
