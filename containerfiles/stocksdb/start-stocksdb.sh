#!/usr/bin/env bash
# Look at the secrets before an empty data folder is filled, then leave all to the entry point of the base image.
set -euo pipefail
umask 077

fail() {
  printf 'start-stocksdb.sh: %s\n' "$1" >&2
  exit 3
}

# shellcheck source=containerfiles/stocksdb/users.sh
. /usr/local/lib/stocksdb-users.sh

tables=/var/lib/mysql/mysql
if [ "${1:-}" = mysqld ] && [ -d "$tables" ] && [ ! -O "$tables" ]; then
  fail "the tables in /var/lib/mysql belong to user $(stat -c %u "$tables"), and this is user $(id -u); $(
  )start as that user (ENV_CONTAINER_UID, where root starts), or give him the files: chown -R"
fi

unfinished=/var/lib/mysql/.unfinished # the server minds no file with such a name; the last script of all removes it
if [ "${1:-}" = mysqld ] && [ -e "$unfinished" ]; then
  printf 'start-stocksdb.sh: the first start was interrupted; beginning anew\n' >&2
  find /var/lib/mysql -mindepth 1 -delete
fi

if [ "${1:-}" = mysqld ]; then
  for variable in ENV_DB_USER ENV_DB_READER; do
    name=${!variable:-}
    [[ $name =~ ^[A-Za-z_][A-Za-z0-9_.-]{0,31}$ && ! $name =~ ^(root$|mysql\.) ]] || fail "$variable: '$name' is no name of a user"
  done
  [ "$ENV_DB_USER" != "$ENV_DB_READER" ] || fail "ENV_DB_READER: '$ENV_DB_READER' is ENV_DB_USER, who writes, too"
  for variable in ENV_DB_PASSWORD_FILE ENV_DB_READER_PASSWORD_FILE; do
    file=${!variable:-}
    [ -r "$file" ] || fail "$variable: user $(id -u) cannot read '$file'; mount the password there, readable for this user"
    [ -n "$(cat "$file")" ] || fail "$variable: $file is empty; write the password into it"
  done
fi

if [ "${1:-}" = mysqld ] && [ ! -d "$tables" ]; then
  if [ -n "${ENV_DB_ROOT_PASSWORD_FILE:-}" ]; then
    export MYSQL_ROOT_PASSWORD_FILE=$ENV_DB_ROOT_PASSWORD_FILE
  else
    # One that nobody knows: an empty one would let every program in the container in.
    MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64)
    export MYSQL_ROOT_PASSWORD
  fi
  touch "$unfinished"
fi

if [ "${1:-}" = mysqld ] && [ -d "$tables" ]; then
  # Each later start gives the users the names and the passwords that are said now. Only memory holds the statements.
  private=/tmp/users.sql
  stocksdb_users >"$private"
  set -- "$@" "--init-file=$private"
fi

exec docker-entrypoint.sh "$@"
