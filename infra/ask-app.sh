#!/usr/bin/env bash
# Asks the deployed app whether all is well, until it says so or some minutes are over. A step of deploy.sh.
set -euo pipefail
# shellcheck source=infra/cloud-commands.bash
source "$(dirname "${BASH_SOURCE[0]}")/cloud-commands.bash"

if [ $# -ne 5 ]; then
  echo 'Usage: infra/ask-app.sh SUBSCRIPTION RESOURCE_GROUP APP HOST_NAME health|doctor' >&2
  exit 2
fi
host_name=$4
key=$(wait_for 'the Functions host to start' 5 'Bad ?Request|ServiceUnavailable|BadGateway|InternalServerError|GatewayTimeout' \
  az functionapp keys list --subscription "$1" --resource-group "$2" --name "$3" --query functionKeys.default --output tsv)
if [[ ! $key =~ ^[A-Za-z0-9_=+/-]{4,200}$ ]]; then refuse "The key of the app $3 was not returned by Azure."; fi

ask_bridge() { # question: the key is on no command line
  curl --silent --show-error --fail-with-body --header @- "https://$host_name/api/$1" <<<"x-functions-key: $key"
}

# The app takes a while to start, and roles take a while to be known everywhere.
for _ in {1..30}; do
  if answer=$(ask_bridge "$5"); then
    printf '%s\n' "$answer"
    exit
  fi
  sleep 10
done
printf '%s\n' "$answer" >&2
# Health, which anybody may ask, only counts the problems of the settings.
if [ "$5" = health ]; then ask_bridge doctor >&2 || true; fi
exit 1
