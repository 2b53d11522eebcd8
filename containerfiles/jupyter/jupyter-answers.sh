#!/usr/bin/env bash
# Succeed when JupyterLab answers whoever has its token: what the health check of the image asks.
set -euo pipefail

set -- python -P -m pycore.local answers
exec "$@"
