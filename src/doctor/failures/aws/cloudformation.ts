import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** The stack of the role, and what IAM says while it is made. */
export const CLOUDFORMATION_FAILURES = {
  'provider-exists': {
    link: 'deployment',
    symptom: 'EntityAlreadyExists for the OIDC provider, or the old provider has vanished',
    cause:
      'An account has one OIDC provider for each issuer, and another stack (or Sentinel, or Defender) has made it. A create that fails may delete it when it is rolled back.',
    fix: 'List them first (aws iam list-open-id-connect-providers), give its ARN to the stack as ExistingOidcProviderArn, and add the audience with aws iam add-client-id-to-open-id-connect-provider.',
    isSeenIn: said(
      /Provider with url .{1,300} already exists|AWS::IAM::OIDCProvider.{0,300} already exists|(?:OpenIDConnectProvider|OIDCProvider|OpenID Connect).{0,200}EntityAlreadyExists|EntityAlreadyExists.{0,200}(?:OpenIDConnectProvider|OIDCProvider|Provider with url)/i,
    ),
  },
  'client-ids-replaced': {
    link: 'trust',
    symptom: 'a second stack drops the audience of the first',
    cause: 'An update of ClientIdList in CloudFormation replaces the whole list of the provider.',
    fix: 'Keep the provider in one stack, and add audiences with aws iam add-client-id-to-open-id-connect-provider, which keeps the others.',
    isSeenIn: said(/ClientIdList|RemoveClientIDFromOpenIDConnectProvider/i),
  },
  'thumbprint-pinned': {
    link: 'trust',
    symptom: 'an error about a thumbprint of the OIDC provider',
    cause:
      "A thumbprint was pinned by hand, often of the server's certificate, which changes. For public authorities AWS does not need any.",
    fix: 'Leave ThumbprintList out.',
    isSeenIn: said(
      /(?:OpenIDConnect|OIDC|provider|ThumbprintList).{0,200}thumbprint|ThumbprintList|thumbprint.{0,120}(?:OpenIDConnect|OIDC)/i,
    ),
  },
  'provider-arn-wrong': {
    link: 'trust',
    symptom: 'Federated principals must be valid domain names or SAML metadata ARNs',
    cause:
      'Principal.Federated of the trust policy is a URL or a host with a path instead of the ARN of the OIDC provider, or the ARN is of another account.',
    fix: 'Write arn:aws:iam::<account>:oidc-provider/sts.windows.net/<tenant id>/ as the principal, the slash at its end included: aws iam list-open-id-connect-providers prints it.',
    isSeenIn: said(/Federated principals must be valid domain names/i),
  },
  'principal-not-found': {
    link: 'trust',
    symptom: 'Invalid principal in policy',
    cause:
      'A policy names a role, user or account that does not exist (or not yet, right after it was made), or an ARN of another partition.',
    fix: 'Check the ARN in the principal, deploy the role first, and try again after a minute.',
    isSeenIn: said(/Invalid principal in policy|MalformedPolicy.{0,100}principal/i),
  },
  'policy-malformed': {
    link: 'trust',
    symptom: 'MalformedPolicyDocument: a policy of the role cannot be read',
    cause:
      'The JSON has a syntax error, or a field that this kind of policy does not have: a trust policy has no Resource, a permissions policy no Principal.',
    fix: 'aws accessanalyzer validate-policy --policy-type RESOURCE_POLICY (or IDENTITY_POLICY) --policy-document file://<file> names the place; npm run lint:trust checks the trust.',
    isSeenIn: anyOf(
      said(
        /MalformedPolicyDocument(?!.{0,200}AssumeRoleWithWebIdentity)|(?:Has prohibited field|Syntax errors? in policy|failed legacy parsing|should not specify a principal|AssumeRole policy (?:may only|must contain))/i,
      ),
      coded('MalformedPolicy'),
    ),
  },
  'role-exists': {
    link: 'deployment',
    symptom: 'EntityAlreadyExists: a role or policy of that name exists already',
    cause:
      'The account has a role of this name, from another stack or made by hand. Names of roles are unique in an account, over all regions.',
    fix: 'Give the stack another RoleName, or delete the old role after a look at who uses it.',
    isSeenIn: anyOf(
      coded('EntityAlreadyExists'),
      said(/(?:Role|Policy) with name .{1,130} already exists|AWS::IAM::(?:Role|ManagedPolicy).{0,200} already exists/i),
    ),
  },
  'iam-quota': {
    link: 'deployment',
    symptom: 'LimitExceeded: a quota of IAM is reached',
    cause: 'The account has as many roles or OIDC providers, or the policy is as long, as its quota permits.',
    fix: 'Delete what nobody uses, or raise the quota (Service Quotas > IAM). For a policy that is too long use fewer prefixes.',
    isSeenIn: said(
      /Cannot exceed quota for \w+|\bLimitExceededException\b|\bLimitExceeded\b.{0,200}(?:iam|role|provider|policy)|Maximum policy size of/i,
    ),
  },
  'iam-entity-missing': {
    link: 'deployment',
    symptom: 'NoSuchEntity: the role, policy or OIDC provider does not exist',
    cause: 'The name or ARN is wrong, it is in another account, or it was deleted outside of the stack.',
    fix: 'Check the account with aws sts get-caller-identity. If the provider of ExistingOidcProviderArn is gone, leave that parameter empty so that the stack makes one.',
    isSeenIn: anyOf(coded('NoSuchEntity'), said(/OpenIDConnect Provider not found for arn/i)),
  },
  'stack-needs-delete': {
    link: 'deployment',
    symptom: 'the stack is in ROLLBACK_COMPLETE and cannot be updated',
    cause: 'Its first creation failed and was rolled back. Such a stack can only be deleted.',
    fix: 'aws cloudformation describe-stack-events --stack-name <stack> names the first CREATE_FAILED: correct that. Then aws cloudformation delete-stack --stack-name <stack> (an OIDC provider is retained), and deploy again.',
    isSeenIn: said(/(?<!UPDATE_)(?<!IMPORT_)\bROLLBACK_(?:COMPLETE|FAILED)\b(?!_CLEANUP)/),
  },
  'stack-stuck': {
    link: 'deployment',
    symptom: 'the stack is in UPDATE_ROLLBACK_FAILED or DELETE_FAILED',
    cause: 'Undoing an update failed: a resource was changed or deleted outside of the stack, or whoever deploys may not change it.',
    fix: 'aws cloudformation continue-update-rollback --stack-name <stack> (with --resources-to-skip for what is gone); for DELETE_FAILED delete-stack with --retain-resources.',
    isSeenIn: said(/\bUPDATE_ROLLBACK_FAILED\b|\bDELETE_FAILED\b|\bUPDATE_FAILED state/),
  },
  'stack-busy': {
    link: 'deployment',
    symptom: 'the stack is in an …_IN_PROGRESS state and cannot be updated',
    cause: 'Another deployment of the same stack is under way.',
    fix: 'Wait for it: aws cloudformation wait stack-update-complete --stack-name <stack>. Then deploy again.',
    isSeenIn: anyOf(said(/\b[A-Z_]{1,60}_IN_PROGRESS state and can ?not be updated/i), coded('OperationInProgressException')),
  },
  'stack-capabilities': {
    link: 'deployment',
    symptom: 'InsufficientCapabilities: requires capabilities CAPABILITY_NAMED_IAM',
    cause: 'The template makes an IAM role with a name, which must be acknowledged.',
    fix: 'Add --capabilities CAPABILITY_NAMED_IAM to aws cloudformation deploy (in the console tick the box).',
    isSeenIn: said(/InsufficientCapabilities|Requires capabilities ?:|CAPABILITY_(?:NAMED_)?IAM/),
  },
  'stack-unchanged': {
    link: 'deployment',
    symptom: 'No updates are to be performed',
    cause: 'Template and parameters are those of the stack already. Nothing is wrong.',
    fix: 'Continue; add --no-fail-on-empty-changeset to aws cloudformation deploy in a script.',
    isSeenIn: said(/No updates are to be performed|submitted information didn't contain changes|No changes to deploy/i),
  },
  'stack-parameter-wrong': {
    link: 'deployment',
    symptom: 'a parameter of the stack is missing or does not match its pattern',
    cause:
      'A value is empty, in capitals (ids must be in lower case), without the slash at the end of a prefix, or is for another template.',
    fix: 'Correct the parameter that the message names, as the comments of infra/aws/keyless-bridge.yaml describe it.',
    isSeenIn: said(
      /Parameters: \[.{1,300}\] (?:must have values|do not exist)|Parameter .{1,100} (?:must match pattern|failed to satisfy|must be one of)|Parameter validation failed|ParameterConstraint/i,
    ),
  },
  'stack-template-wrong': {
    link: 'deployment',
    symptom: 'Template format error, or unresolved resource dependencies',
    cause: 'The template was changed or cut, or is of another version than its parameters.',
    fix: 'Use infra/aws/keyless-bridge.yaml as it is shipped; aws cloudformation validate-template --template-body file://<file> checks a changed one.',
    isSeenIn: said(
      /Template format error|Template error:|Template validation error|Unresolved resource dependencies|Invalid template (?:resource property|path)/i,
    ),
  },
  'stack-resource-exists': {
    link: 'deployment',
    symptom: 'a resource of the stack exists already (AlreadyExists)',
    cause: 'A resource of this name was made by another stack or by hand.',
    fix: 'Give the resource another name by its parameter (RoleName, CreateWriteBucket=false), import it into the stack, or delete it after a look at who uses it.',
    isSeenIn: said(/already exists in stack|HandlerErrorCode: AlreadyExists|Resource of type '?AWS::.{1,200} already exists/i),
  },
  'stack-missing': {
    link: 'deployment',
    symptom: 'the stack does not exist',
    cause: 'The name is another, or the stack is in another region or account.',
    fix: 'aws cloudformation list-stacks --region <region> lists them; aws sts get-caller-identity shows the account.',
    isSeenIn: said(/Stack (?:with id |\[|')?[\w/:.-]{1,300}['\]]? does not exist|ChangeSetNotFound/i),
  },
  'stack-protected': {
    link: 'deployment',
    symptom: 'TerminationProtection is enabled',
    cause: 'Somebody protects the stack from deletion.',
    fix: 'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name <stack>, if it shall really go.',
    isSeenIn: said(/TerminationProtection is enabled/i),
  },
  'stack-hook-failed': {
    link: 'deployment',
    symptom: 'a hook of the account failed',
    cause: 'A CloudFormation hook (a rule of the organization) does not accept a resource of the template.',
    fix: 'Read the message of the hook: aws cloudformation describe-stack-events. Change the parameter that it objects to, or ask the owner of the hook for an exception.',
    isSeenIn: said(/following hook\(s\) failed|HookFailed|Hook .{1,100} failed/i),
  },
  'stack-rolled-back': {
    link: 'deployment',
    symptom: 'UPDATE_ROLLBACK_COMPLETE, or Resource creation cancelled: the update was undone',
    cause: 'One resource failed, and the others were put back. The stack can be updated again.',
    fix: 'aws cloudformation describe-stack-events --stack-name <stack>: the first …_FAILED is the reason; "Resource creation cancelled" is only what followed.',
    isSeenIn: said(/Failed to create\/update the stack|UPDATE_ROLLBACK_(?:COMPLETE|IN_PROGRESS)|Resource (?:creation|update) cancelled/i),
    rank: 'broad',
  },
  'aws-cli-signed-out': {
    link: 'deployment',
    symptom: 'the aws command has no credentials, or its sign-in has expired',
    cause:
      'Nobody is signed in on the machine that deploys, the profile or region is missing, or the SSO session has ended. The app itself needs none of this.',
    fix: 'aws sso login --profile <profile> (or aws configure), then aws sts get-caller-identity must show the account of the role.',
    isSeenIn: said(
      /Unable to locate credentials|SSO session associated with this profile has expired|Error loading SSO Token|Token has expired and refresh failed|Error when retrieving token from sso|config profile .{1,100} could not be found|You must specify a region|Could not load credentials from any providers|NoCredentialsError|CredentialsProviderError/i,
    ),
  },
  'stack-other': {
    link: 'deployment',
    symptom: 'an error of CloudFormation or IAM that the doctor does not explain one by one',
    cause: 'A resource of the stack, or the stack itself, was refused.',
    fix: 'aws cloudformation describe-stack-events --stack-name <stack>: the first event that ends in _FAILED has the reason. Explain that message.',
    isSeenIn: said(
      /CloudFormation|HandlerErrorCode|\b(?:CREATE|UPDATE|DELETE)_FAILED\b|calling the (?:Create|Update|Delete|Describe)Stack\w* operation|Service: (?:AmazonIdentityManagement|Iam)|AWS::IAM::/,
    ),
    rank: 'family',
  },
} as const satisfies Failures;
