#!/usr/bin/env bash
# Deploys the bridge to both clouds: identity, Entra ID, AWS, Azure, publish, doctor. May be run again: each step makes what lacks and leaves the rest.
set -euo pipefail

# shellcheck source=infra/cloud-commands.bash
source "$(dirname "${BASH_SOURCE[0]}")/cloud-commands.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What the command plan-deployment of the app derives from the options and the jobs; see src/deployment.
tenant='' subscription='' region='' aws_account='' aws_region='' name='' resource_group='' identity='' entra='' what_if='' trust_file=''
jobs='' outbox_bucket='' outbox_prefix='' role_summary='' ad_hoc_sources='' ad_hoc_destinations=''
existing_buckets=() accounts=() kms_arns=() kms_names=() role_parameters=()
account_places='{}' partition=''

current=options
ended() {
  local status=$?
  if [ "$status" -ne 0 ] && [ "$current" != options ]; then
    if [ "$status" -eq 130 ]; then
      say "Interrupted at the step \"$current\". Run the same command again to continue." >&2
    else
      say "Stopped at the step \"$current\": the error is above. Correct it, and run the same command again." >&2
      say 'The doctor explains many errors: npm run doctor -- --explain "<the error>"' >&2
    fi
  fi
}
trap ended EXIT

step() {
  current=$1
  say "=== $current"
}

check_commands() {
  local command
  for command in az aws npm zip curl; do
    command -v "$command" >/dev/null || refuse "$command is not on PATH."
  done
}

plan() { # arguments of deploy.sh...
  # Its arguments are paths of this machine, which Git Bash has to rewrite for Node.
  env -u MSYS_NO_PATHCONV -u MSYS2_ARG_CONV_EXCL npm run --silent --prefix "$root" plan:deployment -- "$@"
}

read_plan() { # arguments of deploy.sh...
  local cloud lines line value
  cloud=$(ask az cloud show --query name --output tsv)
  lines=$(ask plan "$@" --cloud "$cloud")
  while IFS= read -r line; do
    value=${line#*=}
    case ${line%%=*} in
      tenant | subscription | region | aws_account | aws_region | name | resource_group | identity | entra | what_if | trust_file | \
        jobs | outbox_bucket | outbox_prefix | role_summary | ad_hoc_sources | ad_hoc_destinations) printf -v "${line%%=*}" '%s' "$value" ;;
      existing_bucket) existing_buckets+=("$value") ;;
      account) accounts+=("$value") ;;
      kms_arn) kms_arns+=("$value") ;;
      kms_name) kms_names+=("$value") ;;
      role_parameter) role_parameters+=("$value") ;;
    esac
  done <<<"$lines"
  : "${tenant:?is missing in the plan}"
  use_region "$aws_region"
}

check_sign_in() {
  step 'sign-in'
  local signed_in
  signed_in=$(ask az account show --subscription "$subscription" --query tenantId --output tsv)
  must_be "The tenant of the subscription $subscription" "$GUID" "$signed_in"
  if [ "$signed_in" != "$tenant" ]; then
    refuse "az is signed in to the tenant $signed_in for the subscription $subscription. Run: az login --tenant $tenant"
  fi
  # az rest works in the tenant of the current subscription, whatever --subscription says.
  if [ "$entra" = script ]; then
    signed_in=$(ask az account show --query tenantId --output tsv)
    if [ "$signed_in" != "$tenant" ]; then
      refuse "az now uses a subscription of the tenant $signed_in, where the application would be created. Run: az account set --subscription $subscription"
    fi
  fi
  signed_in=$(ask aws sts get-caller-identity --query Arn --output text)
  must_be 'The identity that aws is signed in with' 'arn:[^[:space:]]+' "$signed_in"
  IFS=: read -r _ partition _ _ signed_in _ <<<"$signed_in"
  if [ "$signed_in" != "$aws_account" ]; then
    refuse "aws is signed in to the account $signed_in, not $aws_account. Choose another profile (AWS_PROFILE)."
  fi
}

check_clouds() {
  step 'checks'
  local locations
  locations=$(ask az account list-locations --subscription "$subscription" --query '[].name' --output tsv)
  grep -Fqx "$region" <<<"$locations" || refuse "The subscription $subscription has no region $region. See: az account list-locations --query [].name"
  find_bucket_region
  find_keys
  find_accounts
  infra/aws-role.sh --check "$name" "$aws_region"
}

# The app has one region, so all its buckets are there.
find_bucket_region() {
  local bucket found
  for bucket in ${existing_buckets[@]+"${existing_buckets[@]}"}; do
    found=$(ask aws s3api get-bucket-location --bucket "$bucket" --expected-bucket-owner "$aws_account" --query LocationConstraint \
      --output text) || refuse "The bucket $bucket was not found in the account $aws_account: the error is above. Correct the name, create it \
(--create-bucket for a bucket that is written to), choose another profile (AWS_PROFILE), or allow s3:GetBucketLocation to whoever deploys. \
For a bucket of another account, deploy by hand with the parameter BucketAccount (infra/README.md)."
    case $found in # Names from before regions had names.
      None | null | '') found=us-east-1 ;;
      EU) found=eu-west-1 ;;
    esac
    must_be "The region of the bucket $bucket" '[a-z]+(-[a-z]+)+-[0-9]+' "$found"
    aws_region=${aws_region:-$found}
    use_region "$aws_region"
    if [ "$found" != "$aws_region" ]; then refuse "The bucket $bucket is in $found, not in $aws_region: all buckets of a bridge are in one region."; fi
  done
}

find_keys() {
  local key arn
  for key in ${kms_names[@]+"${kms_names[@]}"}; do
    arn=$(ask aws kms describe-key --region "$aws_region" --key-id "$key" --query KeyMetadata.Arn --output text)
    must_be "The ARN of the KMS key $key" 'arn:[^[:space:]]+:key/[^[:space:]]+' "$arn"
    kms_arns+=("$arn")
  done
  for arn in ${kms_arns[@]+"${kms_arns[@]}"}; do
    case $arn in
      "arn:$partition:kms:$aws_region:"*) ;;
      *) refuse "The KMS key $arn is not in $aws_region, where the buckets are." ;;
    esac
  done
  role_parameters+=("KmsKeyArns=$(IFS=,; printf '%s' "${kms_arns[*]-}")")
}

# Roles are given on the containers of these accounts, wherever in Azure they are.
find_accounts() {
  local account place user known='' own entries=''
  if [ ${#accounts[@]} -eq 0 ]; then return; fi
  for account in "${accounts[@]}"; do
    read -r account place user <<<"$account"
    if [ "$place" = '?' ]; then
      if [ -z "$known" ]; then
        known=$(ask az storage account list --subscription "$subscription" --query '[].[name, resourceGroup]' --output tsv)
      fi
      place=$(awk -v name="$account" '$1 == name { print $2 }' <<<"$known")
      if [ -z "$place" ]; then
        refuse "The subscription $subscription has no storage account $account, which $user uses. Correct that, or say where it is: --account $account=SUBSCRIPTION_ID/RESOURCE_GROUP"
      fi
    fi
    own=''
    case $place in */*) own=",\"subscriptionId\":\"${place%%/*}\"" ;; esac
    entries+="${entries:+,}\"$account\":{\"resourceGroup\":\"${place##*/}\"$own}"
  done
  account_places="{$entries}"
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
  OIDC provider of the tenant, unless the account has it; a role for that audience and subject, which may
  $role_summary
TEXT
}

preview() {
  step 'preview of AWS'
  aws cloudformation validate-template --region "$aws_region" --template-body file://infra/aws/keyless-bridge.yaml >/dev/null
  say 'The template is valid.'
  step 'preview of Azure'
  if [ "$(ask az group exists --subscription "$subscription" --name "$resource_group" --output tsv)" != true ]; then
    say "The resource group $resource_group is not there yet, so all of the above is new in it."
    return
  fi
  export_settings "api://$tenant/$name" 00000000-0000-0000-0000-000000000000 "arn:$partition:iam::$aws_account:role/$name"
  az deployment group what-if --subscription "$subscription" --resource-group "$resource_group" --parameters infra/azure/main.bicepparam
}

# Deploys to the resource group, and prints the outputs that the query names. A principal that was just created is not known everywhere at once.
deploy_group() { # deployment-name query options...
  local deployment=$1 query=$2
  shift 2
  wait_for 'Entra ID to know what was created' 5 'PrincipalNotFound|ResourceNotFound.*(principal|graph)|does not exist or one of its queried' \
    az deployment group create --subscription "$subscription" --resource-group "$resource_group" --name "$name-$deployment" \
    --query "$query" --output tsv "$@"
}

make_identity() {
  step 'identity'
  if [ "$(ask az group exists --subscription "$subscription" --name "$resource_group" --output tsv)" != true ]; then
    az group create --subscription "$subscription" --name "$resource_group" --location "$region" --output none
  fi
  identity_principal_id=$(deploy_group identity properties.outputs.principalId.value \
    --template-file infra/azure/modules/identity.bicep --parameters name="$name" location="$region")
  must_be 'The object id of the identity' "$GUID" "$identity_principal_id"
}

make_application() {
  step 'Entra ID'
  local answer
  if [ "$entra" = script ]; then
    answer=$(infra/azure/entra.sh --tenant "$tenant" --name "$name" --identity "$identity" --identity-principal-id "$identity_principal_id")
  else
    answer=$(deploy_group entra 'properties.outputs.[audience.value, applicationClientId.value, subject.value]' \
      --template-file infra/azure/entra.bicep \
      --parameters name="$name" identity="$identity" identityPrincipalId="$identity_principal_id")
  fi
  read -r -d '' audience application_client_id subject <<<"$answer" || true # Its status tells only that the answer ended.
  must_be 'The audience' '(api|https)://[^[:space:]]+' "${audience-}"
  must_be 'The client id of the application' "$GUID" "${application_client_id-}"
  must_be 'The subject of the tokens' "$GUID" "${subject-}"
}

make_role() {
  step 'AWS'
  role_arn=$(infra/aws-role.sh "$name" "$aws_region" "$tenant" "$audience" "$subject" "${role_parameters[@]}")
}

export_settings() { # audience application-client-id role-arn: what main.bicepparam reads
  export BRIDGE_NAME=$name BRIDGE_IDENTITY=$identity BRIDGE_JOBS=$jobs BRIDGE_ACCOUNTS=$account_places
  export BRIDGE_BUCKET=$outbox_bucket BRIDGE_PREFIX=$outbox_prefix
  export BRIDGE_AD_HOC_SOURCES=$ad_hoc_sources BRIDGE_AD_HOC_DESTINATIONS=$ad_hoc_destinations
  export BRIDGE_AUDIENCE=$1 BRIDGE_APPLICATION_CLIENT_ID=$2 AWS_ROLE_ARN=$3 AWS_REGION=$aws_region
}

# In single quotes, which keep JSON as it is; a value that has one is in double quotes.
quote() {
  local text=$1
  if [[ $text != *\'* ]]; then
    printf "'%s'" "$text"
    return
  fi
  text=${text//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

write_settings() {
  local variable
  for variable in BRIDGE_NAME BRIDGE_IDENTITY BRIDGE_JOBS BRIDGE_BUCKET BRIDGE_PREFIX BRIDGE_ACCOUNTS BRIDGE_AD_HOC_SOURCES \
    BRIDGE_AD_HOC_DESTINATIONS BRIDGE_AUDIENCE BRIDGE_APPLICATION_CLIENT_ID AWS_ROLE_ARN AWS_REGION; do
    printf '%s=%s\n' "$variable" "$(quote "${!variable}")"
  done >"$trust_file"
}

make_app() {
  step 'Azure'
  local answer
  answer=$(deploy_group app 'properties.outputs.[functionAppName.value, hostName.value, outboxUrl.value]' \
    --parameters infra/azure/main.bicepparam)
  read -r -d '' app_name host_name outbox_url <<<"$answer" || true
  must_be 'The name of the app' '[A-Za-z0-9-]+' "${app_name-}"
  must_be 'The host name of the app' '[A-Za-z0-9.-]+' "${host_name-}"
}

say_next() {
  say "The bridge is at https://$host_name/api. Its key:"
  say "  az functionapp keys list --subscription $subscription --resource-group $resource_group --name $app_name --query functionKeys.default"
  if [ -n "$outbox_url" ]; then say "Put something into $outbox_url, and start the job outbox-to-s3: POST /api/jobs/outbox-to-s3/runs"; fi
}

if [ $# -eq 0 ] || [[ " $* " == *' --help '* ]]; then
  plan "$@"
  exit
fi
check_commands
read_plan "$@"
cd "$root"
check_sign_in
check_clouds
say_plan
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
