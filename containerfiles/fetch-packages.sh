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
  # As cat, with a newline at the end of each.
  awk 1 "$known" "${certificates[@]}" >/tmp/known.pem
  export PIP_CERT=/tmp/known.pem REQUESTS_CA_BUNDLE=/tmp/known.pem
  printf 'Acquire::https::CAInfo "/tmp/known.pem";\n' >/etc/apt/apt.conf.d/known
fi

locks=(-r /constraints.txt)
for extra in ${EXTRAS:-}; do
  locks+=(-r "/constraints-$extra.txt")
done

# Into folders of their own first: what is there stays until all of the new is there.
new=$(mktemp -d "$PWD/.fetched.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir "$new/wheels" "$new/debs"
python -m pip download --disable-pip-version-check --progress-bar off --no-deps --require-hashes --only-binary :all: \
  "${locks[@]}" -d "$new/wheels"
apt-get update
apt-get install --yes --no-install-recommends --download-only -o "Dir::Cache::archives=$new/debs" "$@"
chown "$OWNER" "$new"/wheels/*.whl "$new"/debs/*.deb

rm -f wheels/*.whl debs/*.deb
mv "$new"/wheels/*.whl wheels/
mv "$new"/debs/*.deb debs/
