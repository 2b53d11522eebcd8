#!/usr/bin/env bash
# Fetch what the images are built from, for a build without a network:  scripts/fetch-packages.sh
# Wheels go to containerfiles/wheels, Debian packages to containerfiles/debs. A container of the base image does it, so
# that both are those of the image whatever runs here. What was there of them is replaced.
# With EXTRAS=hub also what the image jupyter may have besides.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
base=$(sed -n 's/^FROM \(python:[^ ]*\).*/\1/p' "$root/containerfiles/jupyter/Containerfile" | head -n 1)
read -ra packages < <(sed -n 's/.*install-debian-packages\.sh \([a-z -]*[a-z]\).*/\1/p' "$root/containerfiles/jupyter/Containerfile")

exec docker run --rm --user 0 -e PIP_INDEX_URL -e HTTP_PROXY -e HTTPS_PROXY -e NO_PROXY -e EXTRAS -e OWNER="$(id -u):$(id -g)" \
  -v "$root/containerfiles:/build" -v "$root/constraints.txt:/constraints.txt:ro" \
  -v "$root/constraints-hub.txt:/constraints-hub.txt:ro" "$base" \
  bash /build/fetch-packages.sh "${packages[@]}"
