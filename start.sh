#!/usr/bin/env bash
# Start Sci-Pype on this machine, with nothing but Python 3.11 or newer; or in containers, with a Docker engine besides.
# Shell decides when, Python decides what: environment.py makes .venv, pycore.local runs services, stack containers.
set -euo pipefail

usage() {
  cat <<'EOT'
usage: ./start.sh [local] [--detach] [--no-browser]    start, and stay until Ctrl-C
       ./start.sh full-stack|standalone|dev [--build] [--profile admin|proxy]...
                                                       start in containers, and return when all is ready
       ./start.sh status                               say what of this clone runs, and where

  local         Redis, SQLite and JupyterLab on 127.0.0.1 (the default); --detach returns when everything answers
  full-stack    MySQL, Redis and JupyterLab, each in a container; docs/operations.rst has its variables
  standalone    one container with JupyterLab, a Redis of its own and SQLite
  dev           the full stack on the sources and the notebooks of this clone

environment variables of local
  ENV_JUPYTER_PORT, ENV_REDIS_PORT   other ports than 8888 and 6000
  ENV_DATA_DIR                       another folder than data/ for everything that is stored
  ENV_DEPLOYMENT_TYPE                another environment of configs/jupyter.json than Local
  ENV_PRESTART_SCRIPT                run when Redis and the data are ready, before JupyterLab
  ENV_START_SCRIPT                   run instead of JupyterLab, with its command line; ends with exec "$@"
  ENV_POSTSTART_SCRIPT               run once JupyterLab answers
  ENV_HOOKS_DIR                      a folder with more scripts in pre-start.d, post-start.d and stop.d
  PYTHON                             the Python to make .venv with

exit codes: 0 stopped or started as asked, 2 usage, 3 set-up or configuration, 4 a service, else that of a hook
EOT
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export STACK_CALLER=start.sh
for argument in "$@"; do
  case $argument in -h | --help) usage && exit 0 ;; esac
done
case ${1:-} in full-stack | standalone | dev)
  python=$("$root/scripts/python.sh")
  exec "$python" -P "$root/scripts/stack" up "$@"
  ;;
esac
for argument in "$@"; do
  case $argument in
  local | --detach | --no-browser) ;;
  status) exec "$root/scripts/status.sh" ;;
  *)
    printf 'start.sh: unknown argument %s; ./start.sh --help lists what there is\n' "$argument" >&2
    exit 2
    ;;
  esac
done

python=$("$root/scripts/python.sh")
exec "$python" "$root/scripts/environment.py" -- "$root/.venv/bin/python" -P -m pycore.local start "$@"
