# shellcheck shell=bash
# Sourced by the scripts of this folder: how az and aws are asked, and what is waited for.

# Answers are for a script: no colour, pager, questions or tables, English, UTF-8, and no paths that Git Bash has rewritten.
export AZURE_CORE_NO_COLOR=true AZURE_CORE_ONLY_SHOW_ERRORS=true AZURE_CORE_OUTPUT=json AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_DEFAULT_OUTPUT=json AWS_CLI_FILE_ENCODING=UTF-8
export LC_ALL=C PYTHONUTF8=1 MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

readonly COLOUR=$'\e\\[[0-9;]*[A-Za-z]'

say() { printf '%s\n' "$*"; }

refuse() {
  printf '%s\n' "$*" >&2
  exit 2
}

# Forms of answers, as regular expressions.
# shellcheck disable=SC2034 # The scripts that source this file use them.
readonly GUID='[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
# shellcheck disable=SC2034
readonly ROLE_ARN='arn:aws[a-z-]*:iam::[0-9]{12}:role/[^[:space:]]+'

# must_be what form value: refuses an answer that is empty, "None", a warning or anything else than was asked for.
must_be() {
  if ! [[ $3 =~ ^($2)$ ]]; then refuse "$1 was not returned. The answer is \"${3:0:300}\"."; fi
}

# aws takes the region from here, unless the call names one: also for IAM, whose partition follows from it.
use_region() {
  if [ -n "$1" ]; then export AWS_REGION=$1 AWS_DEFAULT_REGION=$1; fi
}

# ask command...: the command's output without carriage returns (Windows), colour (terminals), a byte order mark and warnings.
ask() {
  local answer
  answer=$("$@") || return
  answer=${answer//$'\r'/}
  answer=${answer#$'\xef\xbb\xbf'}
  while [[ $answer =~ $COLOUR ]]; do answer=${answer//"${BASH_REMATCH[0]}"/}; done
  if [[ $answer == *WARNING:* ]]; then answer=$(grep -v '^WARNING:' <<<"$answer") || true; fi
  printf '%s\n' "$answer"
}

# wait_for what minutes pattern command...: runs the command again, every 10 seconds, while its error fits the pattern. What else fails stops at once.
wait_for() {
  local what=$1 attempts=$(($2 * 6)) pattern=$3 attempt status errors
  shift 3
  errors=$(mktemp)
  for ((attempt = 1; ; attempt++)); do
    status=0
    ask "$@" 2>"$errors" || status=$?
    if [ "$status" -eq 0 ] || [ "$attempt" -ge "$attempts" ] || ! grep -Eqi -- "$pattern" "$errors"; then break; fi
    if [ "$attempt" -eq 1 ]; then say "Waiting for $what, up to $((attempts / 6)) minutes." >&2; fi
    sleep 10
  done
  cat "$errors" >&2
  rm -f "$errors"
  return "$status"
}
