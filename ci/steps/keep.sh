#!/usr/bin/env bash
# Keeps bundle and result where nobody can change them: a container of an Azure storage account whose time-based
# retention policy is locked. Needs the Azure CLI, signed in as who may create blobs there and read the policy.
# LOOKBACK_ACCOUNT, LOOKBACK_CONTAINER, LOOKBACK_PREFIX: where; LOOKBACK_EVIDENCE: the folder with bundle and
# bundle.result; LOOKBACK_RUN: the run's id, for the name; LOOKBACK_OUTPUT: a file for `kept=true`, where given.
set -euo pipefail
where=(--account-name "$LOOKBACK_ACCOUNT" --container-name "$LOOKBACK_CONTAINER" --only-show-errors)

state="$(az storage container immutability-policy show "${where[@]}" --query state --output tsv)"
if [ "$state" != Locked ]; then
  echo "the retention policy of container $LOOKBACK_CONTAINER is not locked (${state:-there is none}):" \
    "whoever administers the account could remove the evidence; lock it first, see docs/pipelines.md" >&2
  exit 2
fi
umask 077
archive="$(mktemp)"
trap 'rm -f "$archive"' EXIT
tar -czf "$archive" -C "$LOOKBACK_EVIDENCE" bundle bundle.result
name="$LOOKBACK_PREFIX/$(date -u +%Y%m%dT%H%M%SZ)-$LOOKBACK_RUN.tar.gz"
az storage blob upload "${where[@]}" --auth-mode login --name "$name" --file "$archive" --overwrite false --output none
if [ -n "${LOOKBACK_OUTPUT:-}" ]; then echo "kept=true" >> "$LOOKBACK_OUTPUT"; fi
echo "kept $LOOKBACK_CONTAINER/$name, sha256 $(sha256sum < "$archive" | cut -d' ' -f1)"
