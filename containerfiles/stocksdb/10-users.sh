# shellcheck shell=bash
# Taken into the shell of the entry point, which has set its options; the passwords go from their files to the server by
# a pipe, and into no command line, log or environment.

# Else the server would inherit it, and keep it in its environment for as long as it runs.
export -n MYSQL_ROOT_PASSWORD

# shellcheck source=containerfiles/stocksdb/users.sh
. /usr/local/lib/stocksdb-users.sh

stocksdb_statements=$(stocksdb_users)
docker_process_sql <<<"SET NAMES utf8mb4;
$stocksdb_statements"
unset stocksdb_statements
