#!/usr/bin/env bash
# Put the notebooks where their user may change them, then become what stands behind ./start.sh: Redis, tables, JupyterLab.
set -euo pipefail
umask 002

fail() {
  printf 'start-jupyter.sh: %s\n' "$1" >&2
  exit 3
}

if [ "${1:-}" = jupyter ]; then
  shift
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
fi

exec "$@"
