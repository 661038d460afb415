#!/usr/bin/env bash
# Reads and judges the tenant, or judges a bundle that is there, and writes reports. Always ends well: what was found
# is in LOOKBACK_OUTPUT, and conclude.sh ends the job with it. The log shows counts and the names of controls alone.
# Refused before anything is read: names in a log that others may read, and a folder for reports that holds something.
#
# LOOKBACK_VENV: what install.sh made, empty where lookback is in the PATH already.
# LOOKBACK_TEMP: a folder in which bundle and result get a new one; LOOKBACK_REPORTS: the folder for reports;
# LOOKBACK_FORMATS: their formats; LOOKBACK_LOG_FORMAT: that of the log; LOOKBACK_OUTPUT: a file for `exit_code=`,
# `result=`, `failed=`, `evidence=`, `bundle=`, `result_dir=`, `report_dir=`; LOOKBACK_VISIBILITY: who can read the log,
# as `lookback may-publish` takes it; LOOKBACK_REDACT: true shows and writes what a redacted copy gives, judged without
# waivers, declarations and the result before, which name people. The others are options of `lookback audit`, and empty
# where not given.
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

# -I, or a file of the repository called json.py would run
read_json() {
  python3 -I -c 'import json, sys; found = json.load(open(sys.argv[1], "rb")); print('"$2"')' "$1" "${3:-}"
}

is_closed() { lookback may-publish --visibility "${LOOKBACK_VISIBILITY:-}" > /dev/null 2>&1; }

refuse() {
  echo "lookback: $1" >&2
  printf '%s\n' exit_code=2 result=error failed= evidence= bundle= result_dir= report_dir= >> "$LOOKBACK_OUTPUT"
  exit 0
}

# The options by which a result was judged; waivers and declarations name people, and are not among them.
judged_by() {
  local id file
  for id in $(read_json "$1/manifest.json" '*found["standards"]'); do
    file="$1/inputs/standards/$id.yaml"
    if ! grep -q "^like: $id\$" "$file" && lookback standards "$id" > /dev/null 2>&1; then file="$id"; fi
    as_used+=(--standard "$file")
  done
  as_used+=(--checks "$(read_json "$1/manifest.json" '",".join(found["checks"])')")
  as_used+=(${gate_of[@]+"${gate_of[@]}"} ${told[@]+"${told[@]}"})
}

if [ "${LOOKBACK_SHOW_OBJECTS:-}" = true ] && [ "${LOOKBACK_REDACT:-}" != true ] && ! is_closed; then
  refuse "names are not shown where others may read the log; leave show-objects out, or add redact"
fi
if [ -n "$(find -H "$LOOKBACK_REPORTS" -mindepth 1 -print -quit 2> /dev/null)" ]; then
  refuse "the folder for reports holds something already, which would be uploaded with them; name another one"
fi

judging=()
gate_of=()
told=()
add() { if [ -n "$2" ]; then judging+=("$1" "$2"); fi; }
read -r -a standards <<< "${LOOKBACK_STANDARDS:-}"
for id in ${standards[@]+"${standards[@]}"}; do add --standard "$id"; done
if [ -n "${LOOKBACK_GATE:-}" ]; then gate_of+=(--gate "$LOOKBACK_GATE"); fi
add --checks "${LOOKBACK_CHECKS:-}"
add --waivers "${LOOKBACK_WAIVERS:-}"
add --declarations "${LOOKBACK_DECLARATIONS:-}"
if [ -n "${LOOKBACK_PERIOD:-}" ]; then told+=(--period "$LOOKBACK_PERIOD"); fi
if [ -n "${LOOKBACK_LOCATION:-}" ]; then told+=(--location "$LOOKBACK_LOCATION"); fi
if [ "${LOOKBACK_SHOW_OBJECTS:-}" = true ]; then told+=(--show-objects); fi

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
shown=(--report "${LOOKBACK_LOG_FORMAT:-github}" ${files[@]+"${files[@]}"})

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
command+=(${previous[@]+"${previous[@]}"} ${judging[@]+"${judging[@]}"} ${gate[@]+"${gate[@]}"})
command+=(${gate_of[@]+"${gate_of[@]}"} ${told[@]+"${told[@]}"})
if [ "${LOOKBACK_REDACT:-}" = true ]; then
  "${command[@]}" --report json > /dev/null 2> "$said"
else
  "${command[@]}" "${shown[@]}" 2> "$said"
fi
code=$?

failed=
still_open=
if [ -f "$result/assessment.json" ]; then
  failed="$(read_json "$result/assessment.json" 'sum(one["left_open"] == "fail" for one in found["findings"])')"
  decides="${LOOKBACK_GATE:-$(read_json "$result/manifest.json" 'found["standards"][0]')}"
  left_open='{one["left_open"] for one in found["findings"] if one["standard"] in (None, sys.argv[2])}'
  still_open="$(read_json "$result/assessment.json" 'bool({"fail", "indeterminate"} & '"$left_open"')' "$decides")"
fi

if [ "${LOOKBACK_REDACT:-}" = true ] && [ -f "$result/assessment.json" ]; then
  copy="$evidence/redacted"
  as_used=()
  judged_by "$result"
  if ! { lookback redact "$bundle" -o "$copy" > /dev/null &&
    lookback check "$copy" -o "$copy.result" --exit-zero "${as_used[@]}" "${shown[@]}"; } 2>> "$said"; then
    echo "lookback: no redacted copy could be made" >> "$said"
    code=1
  fi
  bundle="$copy"
  result="$copy.result"
fi

case "$code" in
  0) if [ "$still_open" = False ]; then word=satisfied; else word=passed; fi ;;
  3) word=failed ;;
  4) word=indeterminate ;;
  *) word=error ;;
esac
# what was said may name objects: it is needed only where there is no result, and is not for everybody
names_shown=false
if [ "${LOOKBACK_SHOW_OBJECTS:-}" = true ] && [ "${LOOKBACK_REDACT:-}" != true ]; then names_shown=true; fi
if [ "$word" = error ] || [ "$names_shown" = true ]; then
  if is_closed; then
    cat "$said" >&2
  else
    echo "lookback: exit code $code; why is not shown, for others may read this log: run lookback doctor and" \
      "lookback audit where they cannot" >&2
  fi
fi
printf '%s\n' "exit_code=$code" "result=$word" "failed=$failed" "evidence=$evidence" \
  "bundle=$bundle" "result_dir=$result" "report_dir=$LOOKBACK_REPORTS" >> "$LOOKBACK_OUTPUT"
