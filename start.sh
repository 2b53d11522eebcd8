#!/usr/bin/env bash
# Start Sci-Pype on this machine: Redis, the database and JupyterLab, with nothing but Python 3.11 or newer.
# Shell decides when, Python decides what: scripts/environment.py makes .venv, pycore.local runs the services.
set -euo pipefail

usage() {
  cat <<'EOT'
usage: ./start.sh [local] [--detach] [--no-browser]    start, and stay until Ctrl-C
       ./start.sh status                               say what of this clone runs, and where

  local         Redis, SQLite and JupyterLab on 127.0.0.1 (the default and only mode of this version)
  --detach      return when everything answers; ./stop.sh stops it
  --no-browser  only print the address

environment variables
  ENV_JUPYTER_PORT, ENV_REDIS_PORT   other ports than 8888 and 6000
  ENV_DATA_DIR                       another folder than data/ for everything that is stored
  ENV_DEPLOYMENT_TYPE                another environment of configs/jupyter.json than Local
  ENV_PRESTART_SCRIPT                run when Redis and the data are ready, before JupyterLab
  ENV_START_SCRIPT                   run instead of JupyterLab, with its command line; ends with exec "$@"
  ENV_POSTSTART_SCRIPT               run once JupyterLab answers
  ENV_HOOKS_DIR                      folder of pre-start.d, post-start.d and stop.d; each *.sh in them is run
  PYTHON                             the Python to make .venv with

exit codes: 0 stopped or started as asked, 2 usage, 3 set-up or configuration, 4 a service, else that of a hook
EOT
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
verb=start
for argument in "$@"; do
  case $argument in
  local | --detach | --no-browser) ;;
  status) verb=status ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    printf 'start.sh: unknown argument %s; ./start.sh --help lists what there is\n' "$argument" >&2
    exit 2
    ;;
  esac
done

if [ "$verb" = status ]; then
  if [ ! -x "$root/.venv/bin/python" ]; then
    printf 'start.sh: nothing runs: this clone was never started\n' >&2
    exit 4
  fi
  exec "$root/.venv/bin/python" -P -m pycore.local status
fi

python=$("$root/scripts/python.sh")
exec "$python" "$root/scripts/environment.py" -- "$root/.venv/bin/python" -P -m pycore.local start "$@"
