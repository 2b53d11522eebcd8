#!/usr/bin/env bash
# Wait until a database answers and holds its data, then become COMMAND. When the time is over, COMMAND is not run.
set -euo pipefail

set -- "$(dirname -- "$0")/wait.sh" database "$@"
exec "$@"
