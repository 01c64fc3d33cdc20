#!/usr/bin/env bash
# Deploys the bridge to both clouds: identity, Entra ID, AWS, Azure, publish, doctor. May be run again: each step makes what lacks and leaves the rest.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: infra/deploy.sh --tenant ID --subscription ID --region AZURE_REGION --aws-account ID --bucket NAME [options]

Needs az and aws, both signed in, and npm, zip and curl. Run it with --what-if first.

  --what-if               tells what would be made, and changes nothing
  --jobs FILE             the syncs, as README.md describes them; without it, one that copies a new container "outbox" to the bucket
  --prefix PREFIX/        limits the role to that part of the bucket (the whole bucket; without jobs outbox/)
  --create-bucket         makes the bucket; needs --aws-region
  --name NAME             name of the bridge (keyless-bridge)
  --resource-group NAME   where it goes; made if it is missing (the name of the bridge)
  --aws-region REGION     region of the role's stack and of the bucket (the bucket's)
  --identity MODE         managed-identity (default) or federated-app
  --entra WAY             bicep (default), or script for tenants that forbid the Microsoft Graph extension
  --trust-only FILE       ends after Entra ID and AWS, and writes the settings for main.bicepparam to FILE (for azd)
TEXT
}

say() { printf '%s\n' "$*"; }

refuse() {
  printf '%s\n' "$*" >&2
  exit 2
}

tenant='' subscription='' region='' aws_account='' bucket=''
name=keyless-bridge resource_group='' jobs='' prefix='' aws_region='' create_bucket='' identity=managed-identity entra=bicep what_if='' trust_file=''

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help) usage; exit ;;
      --what-if) what_if=yes; shift; continue ;;
      --create-bucket) create_bucket=yes; shift; continue ;;
    esac
    if [ $# -lt 2 ]; then refuse "$1 needs a value. See infra/deploy.sh --help."; fi
    case $1 in
      --tenant) tenant=$2 ;;
      --subscription) subscription=$2 ;;
      --region) region=$2 ;;
      --aws-account) aws_account=$2 ;;
      --bucket) bucket=$2 ;;
      --jobs) jobs=$(cat "$2") ;;
      --prefix) prefix=$2 ;;
      --name) name=$2 ;;
      --resource-group) resource_group=$2 ;;
      --aws-region) aws_region=$2 ;;
      --identity) identity=$2 ;;
      --entra) entra=$2 ;;
      --trust-only) trust_file=$(cd "$(dirname "$2")" && pwd)/$(basename "$2") ;;
      *) refuse "Unknown option $1. See infra/deploy.sh --help." ;;
    esac
    shift 2
  done
  local input
  for input in tenant subscription region aws_account bucket; do
    if [ -z "${!input}" ]; then refuse "--${input//_/-} is missing. See infra/deploy.sh --help."; fi
  done
  case $identity in managed-identity | federated-app) ;; *) refuse '--identity is managed-identity or federated-app.' ;; esac
  case $entra in bicep | script) ;; *) refuse '--entra is bicep or script.' ;; esac
  resource_group=${resource_group:-$name}
  if [ -z "$jobs" ]; then prefix=${prefix:-outbox/}; fi
}

current=options
ended() {
  local status=$?
  if [ "$status" -ne 0 ] && [ "$current" != options ]; then
    say "Stopped at the step \"$current\". What it said is above; run the same command again when that is mended." >&2
  fi
}
trap ended EXIT

step() {
  current=$1
  say "=== $current"
}

check_sign_in() {
  step 'sign-in'
  local command
  for command in az aws npm zip curl; do
    command -v "$command" >/dev/null || refuse "$command is not on PATH."
  done
  local signed_in
  signed_in=$(az account show --query tenantId --output tsv)
  if [ "$signed_in" != "$tenant" ]; then refuse "az is signed in to the tenant $signed_in. Run: az login --tenant $tenant"; fi
  signed_in=$(aws sts get-caller-identity --query Account --output text)
  if [ "$signed_in" != "$aws_account" ]; then refuse "aws is signed in to the account $signed_in, not $aws_account. Choose another profile (AWS_PROFILE)."; fi
  if [ -z "$aws_region" ]; then find_bucket_region; fi
}

find_bucket_region() {
  if [ -n "$create_bucket" ]; then refuse '--create-bucket needs --aws-region.'; fi
  aws_region=$(aws s3api get-bucket-location --bucket "$bucket" --query LocationConstraint --output text)
  case $aws_region in # Names from before regions had names.
    None) aws_region=us-east-1 ;;
    EU) aws_region=eu-west-1 ;;
  esac
}

say_plan() {
  local client="the managed identity"
  if [ "$identity" = federated-app ]; then client="the application, which trusts the managed identity"; fi
  cat <<TEXT
In Azure, subscription $subscription, resource group $resource_group ($region):
  managed identity $name; Flex Consumption app; storage without keys for its host; Application Insights; an alert for failures;
  roles of that identity on these, and on each container of the jobs: reader of sources, contributor of destinations
In Entra ID, tenant $tenant:
  application $name with the URI api://$tenant/$name, whose tokens only $client may have
In AWS, account $aws_account, stack $name ($aws_region):
  OIDC provider sts.windows.net/$tenant/, unless the account has it; a role for that audience and subject, limited to s3://$bucket/$prefix
TEXT
}

preview() {
  step 'preview of AWS'
  aws cloudformation validate-template --region "$aws_region" --template-body file://infra/aws/keyless-bridge.yaml >/dev/null
  say 'The template is valid.'
  step 'preview of Azure'
  if [ "$(az group exists --subscription "$subscription" --name "$resource_group")" != true ]; then
    say "The resource group $resource_group is not there yet, so all of the above is new in it."
    return
  fi
  export_settings "api://$tenant/$name" 00000000-0000-0000-0000-000000000000 "arn:aws:iam::$aws_account:role/$name"
  az deployment group what-if --subscription "$subscription" --resource-group "$resource_group" --parameters infra/azure/main.bicepparam
}

deploy_group() { # deployment-name query options...: deploys to the resource group, answers the outputs that the query names
  local deployment=$1 query=$2
  shift 2
  az deployment group create --subscription "$subscription" --resource-group "$resource_group" --name "$name-$deployment" \
    --query "$query" --output tsv "$@"
}

make_identity() {
  step 'identity'
  if [ "$(az group exists --subscription "$subscription" --name "$resource_group")" != true ]; then
    az group create --subscription "$subscription" --name "$resource_group" --location "$region" --output none
  fi
  identity_principal_id=$(deploy_group identity properties.outputs.principalId.value \
    --template-file infra/azure/modules/identity.bicep --parameters name="$name" location="$region")
}

make_application() {
  step 'Entra ID'
  local answer
  if [ "$entra" = script ]; then
    answer=$(infra/azure/entra.sh --name "$name" --identity "$identity" --identity-principal-id "$identity_principal_id")
  else
    answer=$(deploy_group entra 'properties.outputs.[audience.value, applicationClientId.value, subject.value]' \
      --template-file infra/azure/entra.bicep \
      --parameters name="$name" identity="$identity" identityPrincipalId="$identity_principal_id")
  fi
  read -r -d '' audience application_client_id subject <<<"$answer" || true # Its status tells only that the answer ended.
  : "${subject:?was not told by Entra ID}"
}

# The bucket is read where a job has it as source, written where it is a destination or takes reports.
make_role() {
  step 'AWS'
  local read_bucket='' write_bucket='' more=()
  if grep -Eq '"source"[[:space:]]*:[[:space:]]*"s3:' <<<"$jobs"; then read_bucket=$bucket; fi
  if [ -z "$jobs" ] || grep -Eq '"(destination|reportTo)"[[:space:]]*:[[:space:]]*"s3:' <<<"$jobs"; then write_bucket=$bucket; fi
  if [ -n "$create_bucket" ]; then more+=(CreateWriteBucket=true); fi
  if grep -Eq '"delete"[[:space:]]*:[[:space:]]*\{' <<<"$jobs"; then more+=(AllowDelete=true); fi
  if grep -Eq '"restore"[[:space:]]*:[[:space:]]*\{' <<<"$jobs"; then more+=(AllowRestore=true); fi
  if grep -Eq '"tags"[[:space:]]*:[[:space:]]*true' <<<"$jobs"; then more+=(AllowTags=true); fi
  if grep -Eq '"acl"[[:space:]]*:' <<<"$jobs"; then more+=(AllowAcl=true); fi
  role_arn=$(infra/aws-role.sh "$name" "$aws_region" "$tenant" "$audience" "$subject" \
    ReadBucket="$read_bucket" ReadPrefix="$prefix" WriteBucket="$write_bucket" WritePrefix="$prefix" ${more[@]+"${more[@]}"})
  : "${role_arn:?was not told by AWS}"
}

export_settings() { # audience application-client-id role-arn: what main.bicepparam reads
  export BRIDGE_NAME=$name BRIDGE_IDENTITY=$identity BRIDGE_BUCKET=$bucket BRIDGE_JOBS=${jobs:-[]}
  export BRIDGE_AUDIENCE=$1 BRIDGE_APPLICATION_CLIENT_ID=$2 AWS_ROLE_ARN=$3 AWS_REGION=$aws_region
}

write_settings() {
  local variable
  for variable in BRIDGE_NAME BRIDGE_IDENTITY BRIDGE_BUCKET BRIDGE_AUDIENCE BRIDGE_APPLICATION_CLIENT_ID AWS_ROLE_ARN AWS_REGION; do
    printf '%s="%s"\n' "$variable" "${!variable}"
  done >"$trust_file"
}

make_app() {
  step 'Azure'
  local answer
  answer=$(deploy_group app 'properties.outputs.[functionAppName.value, hostName.value, outboxUrl.value]' \
    --parameters infra/azure/main.bicepparam)
  read -r -d '' app_name host_name outbox_url <<<"$answer" || true
  : "${host_name:?was not told by Azure}"
}

say_next() {
  say "The bridge is at https://$host_name/api. Its key:"
  say "  az functionapp keys list --subscription $subscription --resource-group $resource_group --name $app_name --query functionKeys.default"
  if [ -n "$outbox_url" ]; then say "Put something into $outbox_url, and start the job outbox-to-s3: POST /api/jobs/outbox-to-s3/runs"; fi
}

read_options "$@"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
say_plan
check_sign_in
step 'lint of the trust'
npm run --silent lint:trust
if [ -n "$what_if" ]; then
  preview
  exit
fi
make_identity
make_application
make_role
export_settings "$audience" "$application_client_id" "$role_arn"
if [ -n "$trust_file" ]; then
  write_settings
  exit
fi
make_app
step 'publish'
infra/publish.sh "$subscription" "$resource_group" "$app_name"
for question in health doctor; do
  step "$question"
  infra/ask-app.sh "$subscription" "$resource_group" "$app_name" "$host_name" "$question"
done
say_next
