#!/usr/bin/env bash
# Succeed when the page is there: what the health check of the image asks.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/8080
printf 'GET /index.php HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 4 _ status _ <&3

[ "$status" = 200 ]
