#!/usr/bin/env bash
# Ends a job with what was found: LOOKBACK_EXIT_CODE is that of lookback, LOOKBACK_MAY_UPLOAD is false where something
# was to be uploaded and must not be.
set -euo pipefail
if [ "${LOOKBACK_MAY_UPLOAD:-}" = false ] && [ "$LOOKBACK_EXIT_CODE" = 0 ]; then
  exit 2
fi
exit "${LOOKBACK_EXIT_CODE:-1}"
