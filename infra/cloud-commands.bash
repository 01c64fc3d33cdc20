# shellcheck shell=bash
# Sourced by the scripts of this folder: how az and aws are asked, and what is waited for.

# Answers are for a script: no colour, no pager, English, UTF-8, and no paths that Git Bash has rewritten.
export AZURE_CORE_NO_COLOR=true AZURE_CORE_ONLY_SHOW_ERRORS=true AWS_PAGER='' LC_ALL=C PYTHONUTF8=1 MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'

readonly COLOUR=$'\e\\[[0-9;]*[A-Za-z]'

say() { printf '%s\n' "$*"; }

refuse() {
  printf '%s\n' "$*" >&2
  exit 2
}

# ask command...: the command's output without carriage returns (Windows), colour (terminals) and a byte order mark.
ask() {
  local answer
  answer=$("$@") || return
  answer=${answer//$'\r'/}
  answer=${answer#$'\xef\xbb\xbf'}
  while [[ $answer =~ $COLOUR ]]; do answer=${answer//"${BASH_REMATCH[0]}"/}; done
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
