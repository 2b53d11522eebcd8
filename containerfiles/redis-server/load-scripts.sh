#!/usr/bin/env bash
# Give Redis the scripts of the cache, whose user may run them and load none. Succeeds when Redis has all of them.
# The health check calls it, for a server has forgotten them whenever it starts; the cache waits for that.
set -euo pipefail

private=/dev/shm/redis-server
REDISCLI_AUTH=$(cat "$private/loader") # not an option: everybody in the container sees a command line
export REDISCLI_AUTH

for script in /usr/local/lib/redis-scripts/*.lua; do
  known=$(basename "$script" .lua)
  told=$(redis-cli -s "$private/redis.sock" --user loader -e -x script load <"$script")
  [ "$told" = "$known" ] || {
    printf 'load-scripts.sh: Redis knows %s by another name: %s\n' "$known" "$told" >&2
    exit 4
  }
done
