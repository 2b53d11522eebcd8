#!/usr/bin/env bash
# Start Sci-Pype on this machine: Redis, the database and JupyterLab, with nothing but Python 3.11 or newer; or in
# containers, with nothing but a Docker engine.
# Shell decides when, Python decides what: scripts/environment.py makes .venv, pycore.local runs the services.
set -euo pipefail

usage() {
  cat <<'EOT'
usage: ./start.sh [local] [--detach] [--no-browser]    start, and stay until Ctrl-C
       ./start.sh full-stack|standalone|dev [--build] [--profile admin|proxy]...
                                                       start in containers, and return when all is ready
       ./start.sh status                               say what of this clone runs, and where

  local         Redis, SQLite and JupyterLab on 127.0.0.1 (the default)
  full-stack    MySQL with the bundled tables, Redis and JupyterLab, each in a container
  standalone    one container with JupyterLab, a Redis of its own and SQLite
  dev           the full stack on the sources and the notebooks of this clone
  --detach      return when everything answers; ./stop.sh stops it
  --no-browser  only print the address
  --build       build the images again; without it only those that are missing
  --profile     admin: a page to look into the database; proxy: nginx in front

environment variables of containers
  ENV_JUPYTER_PORT, ENV_REDIS_PORT, ENV_DB_PORT, ENV_DB_PAGE_PORT, ENV_PROXY_PORT
                                     other ports of 127.0.0.1 than 8888, 6000, 3307 (dev only), 8081 and 8080
  ENV_HOST_PROJECT_DIR               a folder of yours for /opt/project, instead of a volume
  ENV_JUPYTER_MEMORY, ENV_REDIS_MEMORY, ENV_DB_MEMORY, ENV_JUPYTER_CPUS
                                     other limits than 4g, 1g, 1g and all processors

environment variables of local
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
case ${1:-} in
full-stack | standalone | dev)
  case " $* " in *' --help '* | *' -h '*) usage && exit 0 ;; esac
  set -- up "$@"
  export STACK_CALLER=start.sh
  exec "$root/scripts/stack.sh" "$@"
  ;;
esac
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
  if command -v docker >/dev/null && [ -n "$("$root/scripts/stack.sh" running 2>/dev/null)" ]; then
    "$root/scripts/stack.sh" status
    # What runs outside of containers besides, if anything does.
    [ ! -x "$root/.venv/bin/python" ] || { local_status=$("$root/.venv/bin/python" -P -m pycore.local status) && printf '%s\n' "$local_status"; } || true
    exit 0
  fi
  if [ ! -x "$root/.venv/bin/python" ]; then
    printf 'start.sh: nothing runs: this clone was never started\n' >&2
    exit 4
  fi
  exec "$root/.venv/bin/python" -P -m pycore.local status
fi

python=$("$root/scripts/python.sh")
exec "$python" "$root/scripts/environment.py" -- "$root/.venv/bin/python" -P -m pycore.local start "$@"
