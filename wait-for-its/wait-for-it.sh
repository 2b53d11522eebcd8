#!/usr/bin/env bash
# Wait until HOST:PORT accepts a TCP connection, then become COMMAND. When the time is over, COMMAND is not run.
set -euo pipefail

set -- "$(dirname -- "$0")/wait.sh" it "$@"
exec "$@"
