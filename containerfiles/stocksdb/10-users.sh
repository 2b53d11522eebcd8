# shellcheck shell=bash
# The two users: one reads the tables, the other also makes them. Taken into the shell of the entry point, which has set
# its options; the passwords go from their files to the server by a pipe, and into no command line, log or environment.

stocksdb_text() { # FILE: what it holds, without the newline at its end, as a text of SQL
  local text
  text=$(cat "$1" && printf x)
  text=${text%x}
  text=${text%$'\n'}
  text=${text//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

# Else the server would inherit it, and keep it in its environment for as long as it runs.
export -n MYSQL_ROOT_PASSWORD

docker_process_sql <<SQL
SET NAMES utf8mb4;
CREATE USER '$ENV_DB_READER'@'%' IDENTIFIED BY $(stocksdb_text "$ENV_DB_READER_PASSWORD_FILE");
GRANT SELECT ON \`$MYSQL_DATABASE\`.* TO '$ENV_DB_READER'@'%';
CREATE USER '$ENV_DB_USER'@'%' IDENTIFIED BY $(stocksdb_text "$ENV_DB_PASSWORD_FILE");
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON \`$MYSQL_DATABASE\`.* TO '$ENV_DB_USER'@'%';
SQL
