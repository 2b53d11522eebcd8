#!/usr/bin/env bash
# Succeed when the user who reads finds the data: the sentinel row, which is written last, of a table that is there.
# By TCP: while the server is filled it listens on its socket alone.
set -euo pipefail

password=$(cat "$ENV_DB_READER_PASSWORD_FILE")
password=${password//\\/\\\\}
query="
  SELECT COUNT(*) FROM pycore_loaded AS loaded
  JOIN information_schema.tables AS there ON there.table_schema = DATABASE() AND there.table_name = loaded.table_name
  WHERE loaded.table_name = 'stocks' AND loaded.digest <> ''"
found=$(mysql --defaults-extra-file=<(printf '[client]\npassword="%s"\n' "${password//\"/\\\"}") \
  --protocol=TCP --host=127.0.0.1 --user="$ENV_DB_READER" --default-character-set=utf8mb4 \
  --batch --skip-column-names --execute="$query" "$MYSQL_DATABASE")

[ "$found" = 1 ]
