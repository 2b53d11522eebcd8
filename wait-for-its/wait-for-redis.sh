#!/usr/bin/env bash
# Wait until a Redis answers its user, then become COMMAND. When the time is over, COMMAND is not run.
set -euo pipefail

set -- "$(dirname -- "$0")/wait.sh" redis "$@"
exec "$@"
