#!/usr/bin/env bash
# Print a Python that Sci-Pype can use: $PYTHON if that is set, else the environment's own, else the first on the
# PATH of 3.11 or newer. Exit 3, with the reason, when there is none.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)

new_enough() { # new_enough PYTHON: the test is written so that every Python, however old, understands it
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

version_of() {
  "$1" -c 'import sys; print(".".join(map(str, sys.version_info[:3])))' 2>/dev/null || echo 'does not run'
}

if [ -n "${PYTHON:-}" ]; then
  if new_enough "$PYTHON"; then
    command -v "$PYTHON"
    exit 0
  fi
  printf 'python.sh: PYTHON=%s is not Python 3.11 or newer (%s); correct or unset it\n' \
    "$PYTHON" "$(version_of "$PYTHON")" >&2
  exit 3
fi

found=''
for candidate in "$root/.venv/bin/python" python3 python3.14 python3.13 python3.12 python3.11 python; do
  path=$(command -v "$candidate" 2>/dev/null) || continue
  if new_enough "$path"; then
    printf '%s\n' "$path"
    exit 0
  fi
  found="$found $path ($(version_of "$path"))"
done
printf 'python.sh: Sci-Pype needs Python 3.11 or newer; found:%s\n' "${found:- none}" >&2
printf 'python.sh: install it (for example: apt-get install python3 python3-venv, or brew install python3), %s\n' \
  'or name one: PYTHON=/path/to/python3 ./start.sh' >&2
exit 3
