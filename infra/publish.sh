#!/usr/bin/env bash
# Builds the app, packs it with what it needs at run time, and publishes it. A step of deploy.sh, and by itself the way to a new version.
set -euo pipefail
# shellcheck source=infra/cloud-commands.bash
source "$(dirname "${BASH_SOURCE[0]}")/cloud-commands.bash"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ $# -ne 3 ]; then
  echo 'Usage: infra/publish.sh SUBSCRIPTION RESOURCE_GROUP APP' >&2
  exit 2
fi
package=.local/package

node local/install.mjs
npm run --silent build
rm -rf "$package" "$package.zip"
mkdir -p "$package"
cp -R dist host.json package.json package-lock.json "$package"
# Jobs of the file count where BRIDGE_JOBS is empty.
if [ -f jobs.json ]; then cp jobs.json "$package"; fi
npm ci --prefix "$package" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
(cd "$package" && zip --quiet --recurse-paths ../package.zip . --exclude '*.js.map' '*.ts')
# The first deployment meets a role assignment that is not effective yet, for ten minutes at most.
wait_for 'the role assignment of the identity' 12 '\b403\b|InaccessibleStorage|AuthorizationPermissionMismatch' \
  az functionapp deployment source config-zip --subscription "$1" --resource-group "$2" --name "$3" --src "$package.zip" --output none
