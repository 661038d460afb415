#!/usr/bin/env bash
# Fetches the evidence that was kept last, for what changed since. Needs the Azure CLI, signed in.
# LOOKBACK_ACCOUNT, LOOKBACK_CONTAINER, LOOKBACK_PREFIX: where keep.sh keeps it; LOOKBACK_BEFORE: the folder it goes to;
# LOOKBACK_OUTPUT: a file for `previous_bundle=` and `previous_result=`, which are empty where nothing was kept yet.
set -euo pipefail
blob=(az storage blob)
where=(--account-name "$LOOKBACK_ACCOUNT" --container-name "$LOOKBACK_CONTAINER" --auth-mode login --only-show-errors)

# names begin with the time, and a list is cut at 5,000 unless all are asked for
last="$("${blob[@]}" list "${where[@]}" --prefix "$LOOKBACK_PREFIX/" --num-results '*' --query '[].name' --output tsv |
  LC_ALL=C sort | tail -n 1)"
if [ -z "$last" ]; then
  echo "nothing was kept in $LOOKBACK_CONTAINER/$LOOKBACK_PREFIX before: there is nothing to compare with"
  printf 'previous_bundle=\nprevious_result=\n' >> "$LOOKBACK_OUTPUT"
  exit 0
fi
umask 077
mkdir -p "$LOOKBACK_BEFORE"
"${blob[@]}" download "${where[@]}" --name "$last" --file "$LOOKBACK_BEFORE/evidence.tar.gz" --output none
tar -xzf "$LOOKBACK_BEFORE/evidence.tar.gz" -C "$LOOKBACK_BEFORE"
rm "$LOOKBACK_BEFORE/evidence.tar.gz"
echo "compared with $last"
printf 'previous_bundle=%s\nprevious_result=%s\n' \
  "$LOOKBACK_BEFORE/bundle" "$LOOKBACK_BEFORE/bundle.result" >> "$LOOKBACK_OUTPUT"
