#!/usr/bin/env bash
# Put the notebooks where their user may change them, then become what stands behind ./start.sh: Redis, tables, JupyterLab.
# A JupyterHub that starts the image gets all of it, too, by whichever of these names it calls it.
set -euo pipefail
umask 002

fail() {
  printf 'start-jupyter.sh: %s\n' "$1" >&2
  exit 3
}

case "${1:-}" in
jupyter | jupyterhub-singleuser | start-singleuser.sh)
  if [ "$1" != jupyter ] || [ -n "${JUPYTERHUB_API_TOKEN:-}" ]; then
    shift
    set -- --hub "$@"
    export ENV_PROJ_DIR=${JUPYTERHUB_ROOT_DIR:-$ENV_PROJ_DIR} # notebook_dir in the configuration of the Hub
    mkdir -p "$ENV_PROJ_DIR"
  else
    shift
  fi
  for folder in "$ENV_DATA_DIR" "$ENV_PROJ_DIR"; do
    [ -w "$folder" ] || fail "user $(id -u), group $(id -g) cannot write to $folder;$(
    ) give its group the right (chgrp 0 and chmod g+rwX on the folder that is mounted there), or run with another --user"
  done
  mkdir -p "$ENV_DATA_DIR"/{src,dst,bin,synthesize,tidy,analyze,output}
  # Only what is not there: a notebook that was changed is its user's.
  cp --no-clobber --no-preserve=all /opt/work/notebooks/*.ipynb "$ENV_PROJ_DIR/"
  if [ -z "${ENV_JUPYTER_PASSWORD_FILE:-}" ] && [ -e /run/secrets/jupyter_password ]; then
    export ENV_JUPYTER_PASSWORD_FILE=/run/secrets/jupyter_password
  fi
  set -- python -P -m pycore.local start --no-browser --hide-token "$@"
  ;;
esac

exec "$@"
