#!/usr/bin/env bash
# Installs lookback into an environment of its own, from the versions and hashes of uv.lock.
# LOOKBACK_SOURCE: this repository; LOOKBACK_VENV: where the environment goes.
set -euo pipefail
uv_version=0.13.9

# -I, or a file of the repository called venv.py would run
if ! python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "lookback needs Python 3.11 or newer: set it up in a step before this one" >&2
  exit 2
fi
python3 -I -m venv "$LOOKBACK_VENV"
"$LOOKBACK_VENV/bin/python" -I -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
UV_PROJECT_ENVIRONMENT="$LOOKBACK_VENV" "$LOOKBACK_VENV/bin/uv" sync --quiet --frozen --inexact --no-dev --no-editable \
  --extra collect --extra xlsx --project "$LOOKBACK_SOURCE"
"$LOOKBACK_VENV/bin/lookback" --version
