#!/usr/bin/env bash
# Reads and judges the tenant, or judges a bundle that is there, and writes reports. Always ends well: what was found
# is in LOOKBACK_OUTPUT, and conclude.sh ends the job with it. The log shows counts and the names of controls alone.
#
# LOOKBACK_VENV: what install.sh made, empty where lookback is in the PATH already.
# LOOKBACK_TEMP: a folder in which bundle and result get a new one; LOOKBACK_REPORTS: the folder for reports;
# LOOKBACK_FORMATS: their formats; LOOKBACK_LOG_FORMAT: that of the log; LOOKBACK_OUTPUT: a file for `exit_code=`,
# `result=`, `failed=`, `evidence=`, `bundle=`, `result_dir=`, `report_dir=`; the others are options of `lookback audit`,
# and empty where not given.
set -uo pipefail
umask 077
if [ -n "${LOOKBACK_VENV:-}" ]; then PATH="$LOOKBACK_VENV/bin:$PATH"; fi

written_as() {
  case "$1" in
    console) echo txt ;;
    markdown) echo md ;;
    junit) echo junit.xml ;;
    csv-objects) echo objects.csv ;;
    oscal-*) echo "$1.json" ;;
    hdf) echo hdf.json ;;
    ocsf) echo ocsf.ndjson ;;
    *) echo "$1" ;;
  esac
}

read_json() { python3 -c 'import json, sys; found = json.load(open(sys.argv[1], "rb")); print('"$2"')' "$1"; }

# The options by which a result was judged; waivers and declarations name people, and are not among them.
judged_by() {
  local id file
  for id in $(read_json "$1/manifest.json" '*found["standards"]'); do
    file="$1/inputs/standards/$id.yaml"
    if ! grep -q "^like: $id\$" "$file" && lookback standards "$id" > /dev/null 2>&1; then file="$id"; fi
    as_used+=(--standard "$file")
  done
  as_used+=(--checks "$(read_json "$1/manifest.json" '",".join(found["checks"])')")
}

judging=()
add() { if [ -n "$2" ]; then judging+=("$1" "$2"); fi; }
read -r -a standards <<< "${LOOKBACK_STANDARDS:-}"
for id in ${standards[@]+"${standards[@]}"}; do add --standard "$id"; done
add --gate "${LOOKBACK_GATE:-}"
add --checks "${LOOKBACK_CHECKS:-}"
add --waivers "${LOOKBACK_WAIVERS:-}"
add --declarations "${LOOKBACK_DECLARATIONS:-}"
add --period "${LOOKBACK_PERIOD:-}"
add --location "${LOOKBACK_LOCATION:-}"
if [ "${LOOKBACK_SHOW_OBJECTS:-}" = true ]; then judging+=(--show-objects); fi

gate=()
against="${LOOKBACK_AGAINST:-}"
if [ "${LOOKBACK_FAIL_ON:-}" = regression ]; then against="${against:-${LOOKBACK_PREVIOUS_RESULT:-}}"; fi
if [ -n "${LOOKBACK_FAIL_ON:-}" ]; then gate+=(--fail-on "$LOOKBACK_FAIL_ON"); fi
if [ -n "$against" ]; then gate+=(--against "$against"); fi
if [ -n "${LOOKBACK_ON_INDETERMINATE:-}" ]; then gate+=(--on-indeterminate "$LOOKBACK_ON_INDETERMINATE"); fi

evidence="$(mktemp -d "$LOOKBACK_TEMP/lookback-evidence.XXXXXX")" || exit 1
mkdir -p "$LOOKBACK_REPORTS"
files=()
read -r -a formats <<< "${LOOKBACK_FORMATS:-}"
for format in ${formats[@]+"${formats[@]}"}; do
  files+=(--report "$format=$LOOKBACK_REPORTS/lookback.$(written_as "$format")")
done
shown=(--report "${LOOKBACK_LOG_FORMAT:-github}")
if [ "${LOOKBACK_REDACT:-}" != true ]; then shown+=(${files[@]+"${files[@]}"}); fi

bundle="$evidence/bundle"
result="$bundle.result"
previous=()
if [ -n "${LOOKBACK_BUNDLE:-}" ]; then
  bundle="$LOOKBACK_BUNDLE"
  if [ -n "${LOOKBACK_PREVIOUS_RESULT:-}" ]; then previous+=(--previous "$LOOKBACK_PREVIOUS_RESULT"); fi
  command=(lookback check "$bundle" -o "$result")
else
  if [ -n "${LOOKBACK_PREVIOUS_BUNDLE:-}" ]; then previous+=(--previous "$LOOKBACK_PREVIOUS_BUNDLE"); fi
  if [ -n "${LOOKBACK_PREVIOUS_RESULT:-}" ]; then previous+=(--previous-result "$LOOKBACK_PREVIOUS_RESULT"); fi
  command=(lookback audit -c "${LOOKBACK_CONFIG:-config.yaml}" -o "$bundle")
fi

said="$evidence/said.txt"
"${command[@]}" ${previous[@]+"${previous[@]}"} ${judging[@]+"${judging[@]}"} ${gate[@]+"${gate[@]}"} \
  "${shown[@]}" 2> "$said"
code=$?

if [ "${LOOKBACK_REDACT:-}" = true ] && [ -f "$result/assessment.json" ]; then
  copy="$evidence/redacted"
  as_used=()
  judged_by "$result"
  if ! { lookback redact "$bundle" -o "$copy" &&
    lookback check "$copy" -o "$copy.result" --exit-zero "${as_used[@]}" ${files[@]+"${files[@]}"}; } \
    > /dev/null 2>> "$said"; then
    echo "lookback: no redacted copy could be made" >> "$said"
    code=1
  fi
  bundle="$copy"
  result="$copy.result"
fi

case "$code" in
  0) word=satisfied ;;
  3) word=failed ;;
  4) word=indeterminate ;;
  *) word=error ;;
esac
# what was said may name objects: it is needed only where there is no result
if [ "$word" = error ] || [ "${LOOKBACK_SHOW_OBJECTS:-}" = true ]; then cat "$said" >&2; fi
failed=
open_failures='sum(one["left_open"] == "fail" for one in found["findings"])'
if [ -f "$result/assessment.json" ]; then failed="$(read_json "$result/assessment.json" "$open_failures")"; fi
printf '%s\n' "exit_code=$code" "result=$word" "failed=$failed" "evidence=$evidence" \
  "bundle=$bundle" "result_dir=$result" "report_dir=$LOOKBACK_REPORTS" >> "$LOOKBACK_OUTPUT"
