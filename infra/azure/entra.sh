#!/usr/bin/env bash
# The Entra ID side of the trust, as entra.bicep makes it, for tenants that forbid its extension. May be run again.
set -euo pipefail
# shellcheck source=infra/cloud-commands.bash
source "$(dirname "${BASH_SOURCE[0]}")/../cloud-commands.bash"

usage() {
  cat <<'TEXT'
Usage: infra/azure/entra.sh --identity-principal-id ID [--name NAME] [--identity managed-identity|federated-app]
                           [--tenant ID]

Creates or updates the application NAME (keyless-bridge unless given) whose App ID URI is the audience of the tokens for AWS, and lets only
the managed identity with the object id ID have them (federated-app: the application itself, which trusts that identity). With --tenant it refuses to do so in another tenant.
Needs az, signed in with a role such as Application Administrator. Prints the audience, the application's client id and the subject.
TEXT
}

# Of this application only, so the same in every tenant. The same as in entra.bicep.
readonly ROLE_ID=5b3a0c1e-8f5d-4c53-9b0e-6a1d7f0c2e94

name=keyless-bridge
identity=managed-identity
identity_principal_id=
expected_tenant=

while [ $# -gt 0 ]; do
  if [ "$1" = --help ]; then usage; exit; fi
  if [ $# -lt 2 ]; then echo "$1 needs a value." >&2; usage >&2; exit 2; fi
  case $1 in
    --name) name=$2 ;;
    --identity) identity=$2 ;;
    --tenant) expected_tenant=$2 ;;
    --identity-principal-id) identity_principal_id=$2 ;;
    *) echo "Unknown option $1." >&2; usage >&2; exit 2 ;;
  esac
  shift 2
done
if [ -z "$identity_principal_id" ]; then usage >&2; exit 2; fi
case $identity in managed-identity | federated-app) ;; *) echo '--identity is managed-identity or federated-app.' >&2; exit 2 ;; esac

tenant=$(ask az account show --query tenantId --output tsv)
must_be 'The tenant of az' "$GUID" "$tenant"
if [ -n "$expected_tenant" ] && [ "$tenant" != "$expected_tenant" ]; then
  refuse "The application would be created in the tenant $tenant, which az uses now, not in $expected_tenant. Run: az account set --subscription <one of that tenant>"
fi
graph=$(ask az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
authority=$(ask az cloud show --query endpoints.activeDirectory --output tsv)

# The clouds of src/clouds/azure-clouds.ts: what a managed identity's token is for when it stands for an application, and who issues it.
issuer_host=${authority#https://}
issuer_host=${issuer_host%%/*}
case $issuer_host in
  login.microsoftonline.com) exchange_audience=api://AzureADTokenExchange ;;
  login.microsoftonline.us) exchange_audience=api://AzureADTokenExchangeUSGov ;;
  login.partner.microsoftonline.cn | login.chinacloudapi.cn)
    exchange_audience=api://AzureADTokenExchangeChina
    issuer_host=login.partner.microsoftonline.cn
    ;;
  *) refuse "az works in a cloud that this script does not know ($authority). See az cloud list." ;;
esac

# What was just created is not known everywhere at once, so "not found" is asked again for a while.
ask_graph() { # method path options of az rest...
  local method=$1 path=$2
  shift 2
  if wait_for "Entra ID to know what was created" 3 'not ?found|does not exist|does not reference' \
    az rest --method "$method" --url "${graph%/}/v1.0/$path" "$@"; then return; fi
  printf 'Entra ID refused to %s %s: the error is above.\n' "$method" "$path" >&2
  return 1
}

read_graph() { # path query
  ask_graph get "$1" --query "$2" --output tsv
}

upsert_graph() { # path body
  ask_graph patch "$1" --headers Content-Type=application/json Prefer=create-if-missing --body "$2" >/dev/null
}

upsert_graph "applications(uniqueName='$name')" "{
  \"displayName\": \"$name\",
  \"signInAudience\": \"AzureADMyOrg\",
  \"identifierUris\": [\"api://$tenant/$name\"],
  \"api\": {\"requestedAccessTokenVersion\": 1},
  \"appRoles\": [{
    \"id\": \"$ROLE_ID\",
    \"value\": \"Bridge.Assume\",
    \"displayName\": \"Assume the AWS role\",
    \"description\": \"May get tokens that AWS trusts.\",
    \"allowedMemberTypes\": [\"Application\"],
    \"isEnabled\": true
  }]
}"
application_client_id=$(read_graph "applications(uniqueName='$name')" appId)
must_be 'The client id of the application' "$GUID" "$application_client_id"

# Without assignment required, Entra ID gives these tokens to every application of the tenant.
upsert_graph "servicePrincipals(appId='$application_client_id')" '{"appRoleAssignmentRequired": true}'
service_principal_id=$(read_graph "servicePrincipals(appId='$application_client_id')" id)
must_be "The object id of the application's service principal" "$GUID" "$service_principal_id"

subject=$identity_principal_id
if [ "$identity" = federated-app ]; then
  subject=$service_principal_id
  upsert_graph "applications(uniqueName='$name')/federatedIdentityCredentials(name='managed-identity')" "{
    \"description\": \"The managed identity of the bridge acts as this application.\",
    \"issuer\": \"https://$issuer_host/$tenant/v2.0\",
    \"subject\": \"$identity_principal_id\",
    \"audiences\": [\"$exchange_audience\"]
  }"
fi

assigned=$(read_graph "servicePrincipals/$service_principal_id/appRoleAssignedTo?\$top=999" \
  "length(value[?principalId=='$subject' && appRoleId=='$ROLE_ID'])")
must_be 'The number of assignments' '[0-9]+' "$assigned"
if [ "$assigned" = 0 ]; then
  ask_graph post "servicePrincipals/$service_principal_id/appRoleAssignedTo" --headers Content-Type=application/json \
    --body "{\"principalId\": \"$subject\", \"resourceId\": \"$service_principal_id\", \"appRoleId\": \"$ROLE_ID\"}" >/dev/null
fi

printf '%s\n' "api://$tenant/$name" "$application_client_id" "$subject"
