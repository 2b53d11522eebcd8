#!/usr/bin/env bash
# Run by scripts/fetch-packages.sh in a container of the base image:  fetch-packages.sh DEBIAN-PACKAGE …
# Fills wheels/ and debs/ beside it, and gives the files to OWNER.
set -euo pipefail

: "${OWNER:?says to whom the files belong, as chown reads it}"
cd "$(dirname "$0")"
shopt -s nullglob
certificates=(certificates/*.crt)
if [ ${#certificates[@]} -gt 0 ]; then
  known=${PIP_CERT:-$(python -c 'from pip._vendor import certifi; print(certifi.where())')}
  cat "$known" "${certificates[@]}" >/tmp/known.pem
  export PIP_CERT=/tmp/known.pem REQUESTS_CA_BUNDLE=/tmp/known.pem
  printf 'Acquire::https::CAInfo "/tmp/known.pem";\n' >/etc/apt/apt.conf.d/known
fi

rm -f wheels/*.whl debs/*.deb
python -m pip download --disable-pip-version-check --progress-bar off --no-deps --require-hashes --only-binary :all: \
  -r /constraints.txt -d wheels
apt-get update
apt-get install --yes --no-install-recommends --download-only -o "Dir::Cache::archives=$PWD/debs" "$@"
rm -rf debs/partial debs/lock
chown "$OWNER" wheels/*.whl debs/*.deb
