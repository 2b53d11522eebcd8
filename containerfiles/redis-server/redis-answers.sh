#!/usr/bin/env bash
# Succeed when Redis answers the user pycore, and has the scripts of the cache: what the health check of the image asks.
set -euo pipefail

: "${ENV_REDIS_PORT:=6000}" "${ENV_REDIS_PASSWORD_FILE:=/run/secrets/redis_password}"

REDISCLI_AUTH=$(cat "$ENV_REDIS_PASSWORD_FILE") # not an option: everybody in the container sees a command line
export REDISCLI_AUTH
set -- redis-cli --user pycore -h 127.0.0.1 -p "$ENV_REDIS_PORT"
if [ -n "${ENV_REDIS_TLS_CERT_FILE:-}" ]; then
  # The certificate is for the name of the service, not for the loopback, which nobody else answers on.
  set -- "$@" --tls --insecure
fi

[ "$("$@" ping)" = PONG ]
exec load-scripts.sh
