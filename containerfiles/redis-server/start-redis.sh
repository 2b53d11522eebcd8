#!/usr/bin/env bash
# Write what redis-server is to do, users included, where only memory holds it; then become the server.
# Neither the command line nor the environment nor the image has a password, and the server's file only its hash.
set -euo pipefail
umask 077

: "${ENV_REDIS_PORT:=6000}" "${ENV_REDIS_PASSWORD_FILE:=/run/secrets/redis_password}"

fail() {
  printf 'start-redis.sh: %s\n' "$1" >&2
  exit 3
}

hash_of() { # VARIABLE: the hash of the password in the file that it names, without the newline at its end
  local file=${!1} password
  [ -r "$file" ] || fail "$1: user $(id -u) cannot read $file; mount the password there, readable for this user"
  password=$(cat "$file" && printf x)
  password=${password%x}
  password=${password%$'\n'}
  [ -n "$password" ] || fail "$1: $file is empty; write the password into it"
  printf '%s' "$password" | sha256sum | cut -d ' ' -f 1
}

users() {
  local scripts='-eval -eval_ro -script -function -fcall -fcall_ro'
  local hash # by itself: a failure within the words of a command would go unnoticed
  head -c 32 /dev/urandom | sha256sum | cut -d ' ' -f 1 >"$private/loader"
  hash=$(hash_of ENV_REDIS_PASSWORD_FILE)
  # INFO counts as dangerous, but only tells; the cache asks for it. All else is closed: KEYS, FLUSHALL, CONFIG, ACL, …
  # Of scripts it runs those of this image, which the health check loads; who changes them needs EVAL (mode dev).
  [ -z "${ENV_REDIS_EVAL:-}" ] || scripts=''
  printf 'user pycore on #%s ~* &pycore:* +@all -@admin -@dangerous +info %s\n' "$hash" "$scripts"
  printf 'user loader on #%s resetkeys resetchannels -@all +script|load\n' "$(hash_of loader_file)"
  if [ -n "${ENV_REDIS_ADMIN_PASSWORD_FILE:-}" ]; then
    hash=$(hash_of ENV_REDIS_ADMIN_PASSWORD_FILE)
    printf 'user admin on #%s ~* &* +@all\n' "$hash"
  fi
  if [ -n "${ENV_REDIS_READER_PASSWORD_FILE:-}" ]; then
    hash=$(hash_of ENV_REDIS_READER_PASSWORD_FILE)
    printf 'user pycore-ro on #%s ~* &* +@read +@connection +@pubsub -publish -spublish -@dangerous +info %s\n' "$hash" \
      '+evalsha +time' # a script reads for it, and writes nothing
  fi
  # Nobody becomes this one. But the server reads its file back with these rights: with fewer it would come up empty.
  printf 'user default off resetpass ~* &* +@all\n'
}

# A quarter of the machine's memory, or half of the container's: to write the file anew takes up to as much again.
memory() {
  local file kilobytes limit
  kilobytes=$(awk '/^MemTotal:/ { print int($2 / 4) }' /proc/meminfo)
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    limit=$(cat "$file" 2>/dev/null || true)
    if [[ $limit =~ ^[0-9]{1,15}$ ]] && [ $((limit / 2048)) -lt "$kilobytes" ]; then
      kilobytes=$((limit / 2048))
    fi
  done
  printf '%skb' "$kilobytes"
}

listening() {
  if [ -z "${ENV_REDIS_TLS_CERT_FILE:-}" ]; then
    printf 'port %s\n' "$ENV_REDIS_PORT"
    return
  fi
  : "${ENV_REDIS_TLS_KEY_FILE:?names the key of ENV_REDIS_TLS_CERT_FILE}"
  # The password tells who somebody is, so no client needs a certificate.
  printf '%s\n' 'port 0' "tls-port $ENV_REDIS_PORT" 'tls-auth-clients no' \
    "tls-cert-file \"$ENV_REDIS_TLS_CERT_FILE\"" "tls-key-file \"$ENV_REDIS_TLS_KEY_FILE\""
}

private=/dev/shm/redis-server # memory, and writable even where the root is read-only
# shellcheck disable=SC2034 # hash_of takes it by its name
loader_file=$private/loader

kept=/data/appendonlydir
if [ "${1:-}" = redis-server ] && [ -d "$kept" ] && [ ! -O "$kept" ]; then
  fail "the file of the cache in /data belongs to user $(stat -c %u "$kept"), and this is user $(id -u); $(
  )start as that user (ENV_CONTAINER_UID, where root starts), or give him the files: chown -R"
fi

if [ "${1:-}" = redis-server ]; then
  mkdir -p "$private"
  users >"$private/users.acl"
  {
    listening
    # Protected mode would refuse everybody but the loopback, for it knows of the default user alone.
    printf '%s\n' "unixsocket $private/redis.sock"
    printf '%s\n' 'bind * -::*' 'protected-mode no' 'daemonize no' 'dir /data' "aclfile $private/users.acl"
    printf '%s\n' 'appendonly yes' 'appendfsync everysec' 'save ""'
    printf '%s\n' "maxmemory ${ENV_REDIS_MAXMEMORY:-$(memory)}" 'maxmemory-policy volatile-lru'
  } >"$private/redis.conf"
  shift
  set -- redis-server "$private/redis.conf" "$@"
fi

exec "$@"
