#!/usr/bin/env bash
# Creates or updates the stack with the role, and prints the role's ARN. May be run again. A step of deploy.sh.
set -euo pipefail
# shellcheck source=infra/cloud-commands.bash
source "$(dirname "${BASH_SOURCE[0]}")/cloud-commands.bash"
cd "$(dirname "${BASH_SOURCE[0]}")/aws"

if [ $# -lt 6 ] && [ "${1-}" != --check ]; then
  cat >&2 <<'TEXT'
Usage: infra/aws-role.sh STACK REGION TENANT AUDIENCE SUBJECT PARAMETER=VALUE... (those of infra/aws/keyless-bridge.yaml)
       infra/aws-role.sh --check STACK REGION: whether that can be done in the state in which the stack is; changes nothing
TEXT
  exit 2
fi

only_check=''
if [ "$1" = --check ]; then
  only_check=yes
  shift
fi
stack=$1 region=$2
use_region "$region"

# Prints what the query asks of the stack; nothing where there is no stack.
ask_stack() { # query
  local answer errors status=0
  errors=$(mktemp)
  answer=$(ask aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --query "$1" --output text 2>"$errors") || status=$?
  if [ "$status" -ne 0 ] && grep -q 'does not exist' "$errors"; then
    status=0 answer=''
  else
    cat "$errors" >&2
  fi
  rm -f "$errors"
  if [ "$answer" = None ]; then answer=''; fi
  printf '%s' "$answer"
  return "$status"
}

stack_status() { ask_stack 'Stacks[0].StackStatus'; }

# An update replaces all that is in a stack: what others deployed under this name would be deleted.
check_owner() { # status
  local owner
  if [ -n "$1" ]; then
    owner=$(ask_stack "Stacks[0].Parameters[?ParameterKey=='Subjects'].ParameterKey")
    if [ "$owner" != Subjects ]; then
      refuse "The stack $stack in $region is not one of Keyless Bridge, and an update would delete what is in it. Choose another name (--name)."
    fi
  elif ask aws iam get-role --role-name "$stack" --query Role.Arn --output text >/dev/null 2>&1; then
    refuse "The account has a role $stack already, which no stack of this name in $region made. Choose another name (--name), or delete the role."
  fi
}

# Resources of the stack that are still there, each with its status.
stack_resources() {
  ask aws cloudformation list-stack-resources --region "$region" --stack-name "$stack" --output text \
    --query "StackResourceSummaries[?ResourceStatus!='DELETE_COMPLETE' && ResourceStatus!='DELETE_SKIPPED'].[LogicalResourceId, ResourceStatus]"
}

refuse_stack() { # status what-to-do
  refuse "The stack $stack in $region is in the state $1. $2 Then run the same command again."
}

# Another operation on the stack ends by itself. One that waits for a person is named.
await_operation() {
  local status attempt
  for ((attempt = 0; attempt < 90; attempt++)); do
    status=$(stack_status)
    if [[ $status != *_IN_PROGRESS || $status == REVIEW_IN_PROGRESS ]]; then return; fi
    if [ "$attempt" -eq 0 ]; then say "Waiting for another operation on the stack $stack ($status), up to 15 minutes." >&2; fi
    sleep 10
  done
  refuse_stack "$status" 'Another operation on it has been running for 15 minutes. Wait until it has ended; CloudFormation shows its events.'
}

# Refuses the states in which a stack cannot be created or updated, or leaves them.
prepare_stack() {
  local status command="aws cloudformation" place="--region $region --stack-name $stack"
  status=$(stack_status)
  check_owner "$status"
  case $status in
    # A change set of a new stack that nobody has executed: the deployment executes one of its own.
    REVIEW_IN_PROGRESS) ;;
    *_IN_PROGRESS)
      if [ -n "$only_check" ]; then
        say "The stack $stack is in the state $status: the deployment will wait for the end of that operation."
        return
      fi
      await_operation
      prepare_stack
      ;;
    ROLLBACK_COMPLETE) remove_failed_stack ;;
    CREATE_FAILED | ROLLBACK_FAILED | DELETE_FAILED)
      say "$(stack_resources)" >&2
      refuse_stack "$status" "It can only be deleted: $command delete-stack $place (the resources that are left are above; the OIDC provider and a created bucket stay)."
      ;;
    UPDATE_ROLLBACK_FAILED) refuse_stack "$status" "Correct what its events name, and continue: $command continue-update-rollback $place" ;;
    UPDATE_FAILED) refuse_stack "$status" "Take the failed update back: $command rollback-stack $place" ;;
    IMPORT_ROLLBACK_FAILED) refuse_stack "$status" 'Its events in CloudFormation name what could not be taken back.' ;;
    *) ;;
  esac
}

# A stack whose creation failed can never be updated. It holds nothing, so that it can be deleted.
remove_failed_stack() {
  local left
  left=$(stack_resources)
  if [ -n "$left" ]; then
    say "$left" >&2
    refuse_stack ROLLBACK_COMPLETE "It can only be deleted, and still has the resources above: aws cloudformation delete-stack --region $region --stack-name $stack"
  fi
  if [ -n "$only_check" ]; then
    say "The stack $stack is in the state ROLLBACK_COMPLETE and has no resources: the deployment will delete it first."
    return
  fi
  say "Deleting the stack $stack, whose creation failed earlier. It has no resources." >&2
  ask aws cloudformation delete-stack --region "$region" --stack-name "$stack" >&2
  ask aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$stack" >&2
}

prepare_stack
if [ -n "$only_check" ]; then exit; fi

tenant=$3 audience=$4 subject=$5
shift 5
issuer_host=sts.windows.net
for parameter; do
  case $parameter in IssuerHost=*) issuer_host=${parameter#*=} ;; esac
done

# An account has one provider for an issuer. One that another stack or a person made is shared: this audience is added to it.
existing=$(ask aws iam list-open-id-connect-providers --output text \
  --query "OpenIDConnectProviderList[?ends_with(Arn, ':oidc-provider/$issuer_host/$tenant/')].Arn")
if [ "$existing" = None ]; then existing=''; fi
if [ -n "$existing" ]; then
  own=$(ask aws cloudformation describe-stack-resource --region "$region" --stack-name "$stack" --logical-resource-id OidcProvider \
    --query StackResourceDetail.PhysicalResourceId --output text 2>/dev/null) || own=''
  if [ "$own" = "$existing" ]; then
    existing=''
  else
    wait_for 'IAM to know the OIDC provider' 3 'NoSuchEntity' \
      aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "$existing" --client-id "$audience" >&2
  fi
fi

ask aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file keyless-bridge.yaml \
  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset \
  --parameter-overrides RoleName="$stack" TenantId="$tenant" Audience="$audience" Subjects="$subject" \
  ExistingOidcProviderArn="$existing" "$@" >&2

role_arn=$(ask_stack "Stacks[0].Outputs[?OutputKey=='AwsRoleArn'].OutputValue")
must_be 'The ARN of the role' "$ROLE_ARN" "$role_arn"
say "$role_arn"
