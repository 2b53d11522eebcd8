#!/usr/bin/env bash
# Run the tests:  ./test.sh [lint] [unit] [integration] [notebooks] [browser] [containers] [-- arguments for pytest]
# Sets itself up as ./start.sh does. With CI=true a test that cannot run counts as failed.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
python=$("$root/scripts/python.sh")
cd "$root"
case " $* " in
*' -h '* | *' --help '*) exec "$python" scripts/run_tests.py --help ;; # needs nothing that is not there yet
esac
exec "$python" scripts/environment.py --dev -- "$root/.venv/bin/python" -P scripts/run_tests.py "$@"
