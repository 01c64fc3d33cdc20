#!/usr/bin/env bash
# Creates or updates the stack with the role, and prints the role's ARN. May be run again. A step of deploy.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/aws"

if [ $# -lt 6 ]; then
  echo 'Usage: infra/aws-role.sh STACK REGION TENANT AUDIENCE SUBJECT PARAMETER=VALUE... (those of infra/aws/keyless-bridge.yaml)' >&2
  exit 2
fi
stack=$1 region=$2 tenant=$3 audience=$4 subject=$5
shift 5

# An account has one provider for an issuer. One that another stack or a person made is shared: this audience is added to it.
existing=$(aws iam list-open-id-connect-providers --output text \
  --query "OpenIDConnectProviderList[?ends_with(Arn, ':oidc-provider/sts.windows.net/$tenant/')].Arn")
if [ -n "$existing" ]; then
  own=$(aws cloudformation describe-stack-resource --region "$region" --stack-name "$stack" --logical-resource-id OidcProvider \
    --query StackResourceDetail.PhysicalResourceId --output text 2>/dev/null) || own=''
  if [ "$own" = "$existing" ]; then
    existing=''
  else
    aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "$existing" --client-id "$audience" >&2
  fi
fi

aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file keyless-bridge.yaml \
  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset \
  --parameter-overrides RoleName="$stack" TenantId="$tenant" Audience="$audience" Subjects="$subject" \
  ExistingOidcProviderArn="$existing" "$@" >&2

aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --output text \
  --query "Stacks[0].Outputs[?OutputKey=='AwsRoleArn'].OutputValue"
