# shellcheck shell=bash
# The two users: one reads the tables, the other also makes them. Statements of one line each, as the server wants them
# in a file that it reads when it starts.

stocksdb_known=/var/lib/mysql/.users # every name that a user had, one a line; the server minds no file with such a name

stocksdb_text() { # FILE: what it holds, without the newline at its end, as a text of SQL
  local text
  text=$(cat "$1" && printf x) || return
  text=${text%x}
  text=${text%$'\n'}
  [ -n "$text" ] || return 3
  text=${text//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

stocksdb_users() {    # for the first start, and for each later one: names and passwords may have changed
  local name password # by itself: a failure within the words of a command would go unnoticed
  # Who was called so before is a user no more: his password would open the tables for as long as they are kept.
  while read -r name; do
    [ "$name" = "$ENV_DB_USER" ] || [ "$name" = "$ENV_DB_READER" ] || printf "DROP USER IF EXISTS '%s'@'%%';\n" "$name"
  done < <(stocksdb_names)
  stocksdb_names "$ENV_DB_USER" "$ENV_DB_READER" >"$stocksdb_known.new" || return
  mv "$stocksdb_known.new" "$stocksdb_known" || return
  password=$(stocksdb_text "$ENV_DB_READER_PASSWORD_FILE") || return
  stocksdb_user "$ENV_DB_READER" "$password" SELECT
  password=$(stocksdb_text "$ENV_DB_PASSWORD_FILE") || return
  stocksdb_user "$ENV_DB_USER" "$password" 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX'
}

stocksdb_names() { # NAME...: all names so far, and these; a server from before this list had those of the image
  {
    [ -e "$stocksdb_known" ] && cat "$stocksdb_known" || printf '%s\n' dbadmin reader
    [ $# = 0 ] || printf '%s\n' "$@"
  } | sort -u
}

stocksdb_user() { # NAME PASSWORD RIGHTS: these rights, and not those that he had by the other name
  printf "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$2"
  printf "ALTER USER '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$2"
  printf "REVOKE IF EXISTS ALL PRIVILEGES ON \`%s\`.* FROM '%s'@'%%';\n" "$MYSQL_DATABASE" "$1"
  printf "GRANT %s ON \`%s\`.* TO '%s'@'%%';\n" "$3" "$MYSQL_DATABASE" "$1"
}
