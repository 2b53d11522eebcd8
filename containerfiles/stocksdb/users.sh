# shellcheck shell=bash
# The two users: one reads the tables, the other also makes them. Statements of one line each, as the server wants them
# in a file that it reads when it starts.

stocksdb_text() { # FILE: what it holds, without the newline at its end, as a text of SQL
  local text
  text=$(cat "$1" && printf x) || return
  text=${text%x}
  text=${text%$'\n'}
  [ -n "$text" ] || return 3
  text=${text//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

stocksdb_users() { # for the first start, and for each later one: names and passwords may have changed
  local password   # by itself: a failure within the words of a command would go unnoticed
  password=$(stocksdb_text "$ENV_DB_READER_PASSWORD_FILE") || return
  stocksdb_user "$ENV_DB_READER" "$password" SELECT
  password=$(stocksdb_text "$ENV_DB_PASSWORD_FILE") || return
  stocksdb_user "$ENV_DB_USER" "$password" 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX'
}

stocksdb_user() { # NAME PASSWORD RIGHTS
  printf "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$2"
  printf "ALTER USER '%s'@'%%' IDENTIFIED BY %s;\n" "$1" "$2"
  printf "GRANT %s ON \`%s\`.* TO '%s'@'%%';\n" "$3" "$MYSQL_DATABASE" "$1"
}
