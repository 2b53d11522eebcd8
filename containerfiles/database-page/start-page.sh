#!/usr/bin/env bash
# Make what encrypts a session, where only memory holds it; then become the web server.
set -euo pipefail
umask 077

mkdir -p /tmp/page
secret=$(od -An -v -N 32 -t x1 /dev/urandom | tr -d ' \n')
printf '%s' "$secret" >/tmp/page/secret
printf "<?php\n\$cfg['blowfish_secret'] = hex2bin('%s');\n" "$secret" >/tmp/page/config.secret.inc.php

export APACHE_CONFDIR=/etc/apache2
set +u # the file of the distribution asks for variables that may not be there
# shellcheck disable=SC1091
. /etc/apache2/envvars
set -u
mkdir -p /tmp/apache2
export APACHE_RUN_DIR=/tmp/apache2 APACHE_LOCK_DIR=/tmp/apache2 APACHE_LOG_DIR=/tmp/apache2
export APACHE_PID_FILE=/tmp/apache2/apache2.pid
ln -sf /dev/stderr /tmp/apache2/error.log
ln -sf /dev/null /tmp/apache2/access.log # the engine keeps what goes wrong; who looked at which table is nobody's business

exec "$@"
