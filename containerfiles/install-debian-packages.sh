#!/usr/bin/env bash
# Install Debian packages:  install-debian-packages.sh redis-server tini
# From the files in debs/ beside it where there are some, else from the mirror that the base image names; with the
# certificates beside it besides those that the image knows. Nothing that apt needs for it is left.
set -euo pipefail

cd "$(dirname "$0")"
shopt -s nullglob
certificates=(certificates/*.crt) debs=(debs/*.deb) options=(--yes --no-install-recommends)

if [ ${#debs[@]} -gt 0 ]; then
  set -- "${debs[@]/#/./}" "$@" # paths, else apt takes them for names; and what was asked for: it may not be there
else
  if [ ${#certificates[@]} -gt 0 ]; then
    # As cat, with a newline at the end of each.
    awk 1 /etc/ssl/certs/*.crt "${certificates[@]}" >/tmp/known.pem
    options+=(-o Acquire::https::CAInfo=/tmp/known.pem)
  fi
  apt-get "${options[@]}" update
fi
apt-get "${options[@]}" install "$@"
rm -rf /tmp/known.pem /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/debconf
