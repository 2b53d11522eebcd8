#!/usr/bin/env bash
# redis-cli on the server of this container, as the user pycore; text comes out as it is, and an error has an exit code.
set -euo pipefail

: "${ENV_REDIS_PORT:=6000}" "${ENV_REDIS_PASSWORD_FILE:=/run/secrets/redis_password}"

REDISCLI_AUTH=$(cat "$ENV_REDIS_PASSWORD_FILE") # not an option: everybody in the container sees a command line
export REDISCLI_AUTH
if [ -n "${ENV_REDIS_TLS_CERT_FILE:-}" ]; then
  # The certificate is for the name of the service, not for the loopback, which nobody else answers on.
  set -- --tls --insecure "$@"
fi

set -- redis-cli --user pycore -h 127.0.0.1 -p "$ENV_REDIS_PORT" -e --raw "$@"
exec "$@"
