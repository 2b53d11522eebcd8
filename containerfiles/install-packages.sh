#!/usr/bin/env bash
# Install what a lock beside it names into /opt/venv:  install-packages.sh [constraints.txt]
# From the wheels beside it where there are some, else from the index that pip is told of (PIP_INDEX_URL as a build
# argument); with the certificates beside it besides those that pip knows.
set -euo pipefail

cd "$(dirname "$0")"
shopt -s nullglob
certificates=(certificates/*.crt) wheels=(wheels/*.whl)

[ -d /opt/venv ] || python -m venv /opt/venv
if [ ${#certificates[@]} -gt 0 ]; then
  known=${PIP_CERT:-$(python -c 'from pip._vendor import certifi; print(certifi.where())')}
  # As cat, with a newline at the end of each.
  awk 1 "$known" "${certificates[@]}" >known.pem
  # Where a base image sets the second it is the one that pip reads.
  export PIP_CERT=$PWD/known.pem REQUESTS_CA_BUNDLE=$PWD/known.pem
fi
if [ ${#wheels[@]} -gt 0 ]; then
  export PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD/wheels
fi

set -- /opt/venv/bin/python -m pip install --disable-pip-version-check --no-compile --no-deps --require-hashes \
  --only-binary :all: -r "${1:-constraints.txt}"
exec "$@"
