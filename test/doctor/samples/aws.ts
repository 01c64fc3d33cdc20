import type { CLOUDFORMATION_FAILURES } from '../../../src/doctor/failures/aws/cloudformation.ts';
import type { IAM_FAILURES } from '../../../src/doctor/failures/aws/iam.ts';
import type { STS_FAILURES } from '../../../src/doctor/failures/aws/sts.ts';
import type { TRUST_SHAPE_FAILURES } from '../../../src/doctor/failures/aws/trust-shape.ts';
import type { SamplesOf } from './samples-of.ts';

const USER = 'User: arn:aws:sts::111122223333:assumed-role/keyless-bridge/run-1';
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1';
const OBJECT = 'arn:aws:s3:::invoices/2026/a.pdf';
const PUT = `An error occurred (AccessDenied) when calling the PutObject operation: ${USER} is not authorized to perform: s3:PutObject on resource: "${OBJECT}"`;

/** What IAM says of a request. */
export const IAM_SAMPLES: SamplesOf<typeof IAM_FAILURES> = {
  'explicit-deny-scp': [
    `${PUT} with an explicit deny in a service control policy`,
    `${USER} is not authorized to perform: kms:Decrypt on resource: ${KEY} with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1`,
    'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity with an explicit deny in a service control policy',
  ],
  'explicit-deny-rcp': [
    `${PUT} with an explicit deny in a resource control policy`,
    'is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: arn:aws:iam::111122223333:role/keyless-bridge with an explicit deny in a resource control policy',
  ],
  'explicit-deny-boundary': [`${PUT} with an explicit deny in a permissions boundary`],
  'explicit-deny-session-policy': [`${PUT} with an explicit deny in a session policy`],
  'explicit-deny-identity-policy': [`${PUT} with an explicit deny in an identity-based policy`],
  'explicit-deny-resource-policy': [
    `${PUT} with an explicit deny in a resource-based policy`,
    `${USER} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::invoices" with an explicit deny in a resource-based policy`,
  ],
  'explicit-deny-vpc-endpoint': [`${PUT} with an explicit deny in a VPC endpoint policy`],
  'explicit-deny': [`${PUT} with an explicit deny`, 'is not authorized to perform: s3:DeleteObject, it is explicitly denied'],
  'no-scp-allows': [
    `${PUT} because no service control policy allows the s3:PutObject action`,
    `${USER} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::invoices" because no service control policy allows the s3:ListBucket action`,
  ],
  'no-rcp-allows': [`${PUT} because no resource control policy allows the s3:PutObject action`],
  'no-boundary-allows': [
    'no permissions boundary allows the s3:GetObject action',
    `${PUT} because no permissions boundary allows the s3:PutObject action`,
    `${USER} is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no permissions boundary allows the kms:GenerateDataKey action`,
  ],
  'no-session-policy-allows': [`${PUT} because no session policy allows the s3:PutObject action`],
  'no-resource-policy-allows': [`${PUT} because no resource-based policy allows the s3:PutObject action`],
  'no-vpc-endpoint-policy-allows': [`${PUT} because no VPC endpoint policy allows the s3:PutObject action`],
  'public-access-blocked': [
    'An error occurred (AccessDenied) when calling the PutObjectAcl operation: because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.',
  ],
  'option-not-permitted': [
    `${USER} is not authorized to perform: s3:PutObjectTagging on resource: "${OBJECT}" because no identity-based policy allows the s3:PutObjectTagging action`,
    `${USER} is not authorized to perform: s3:DeleteObject on resource: "${OBJECT}"`,
    `${USER} is not authorized to perform: s3:RestoreObject on resource: "${OBJECT}" because no identity-based policy allows the s3:RestoreObject action`,
  ],
  'kms-key-denied': [
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    `${USER} is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no resource-based policy allows the kms:GenerateDataKey action`,
    `An error occurred (AccessDenied) when calling the GetObject operation: ${USER} is not authorized to perform: kms:Decrypt on resource: ${KEY}`,
  ],
  'multipart-needs-decrypt': [
    `An error occurred (AccessDenied) when calling the UploadPart operation: ${USER} is not authorized to perform: kms:Decrypt on resource: ${KEY} because no identity-based policy allows the kms:Decrypt action`,
    'An error occurred (AccessDenied) when calling the UploadPart operation: Access Denied',
  ],
  'listing-denied': [
    'An error occurred (403) when calling the HeadObject operation: Forbidden',
    `An error occurred (AccessDenied) when calling the ListObjectsV2 operation: ${USER} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::invoices" because no identity-based policy allows the s3:ListBucket action`,
  ],
  'deployer-lacks-permission': [
    'User: arn:aws:iam::111122223333:user/dev is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/keyless-bridge because no identity-based policy allows the iam:CreateRole action',
    'User: arn:aws:iam::111122223333:user/dev is not authorized to perform: cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:eu-central-1:111122223333:stack/b/*',
  ],
  'no-identity-policy-allows': [`${PUT} because no identity-based policy allows the s3:PutObject action`],
  'not-authorized': [`${PUT}`],
  'access-denied': [
    'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied',
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId></Error>',
  ],
};

export const TRUST_SHAPE_SAMPLES: SamplesOf<typeof TRUST_SHAPE_FAILURES> = {
  'trust-too-broad': ['"Condition": { "StringEquals": { "sts.windows.net/7c1a2f3e/:aud": "api://bridge" } }'],
};

/** What STS answers. */
export const STS_SAMPLES: SamplesOf<typeof STS_FAILURES> = {
  'token-is-for-exchange': ['"aud": "fb60f99c-7a34-4190-8149-302f77469936"'],
  'provider-not-found': [
    'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account for https://sts.windows.net/7c1a2f3e/',
  ],
  'version-2-audience': ['InvalidIdentityToken: Incorrect token audience; iss https://login.microsoftonline.com/7c1a2f3e/v2.0'],
  'audience-not-registered': ['An error occurred (InvalidIdentityToken): Incorrect token audience'],
  'condition-key-prefix': ['"sts.windows.net/7c1a2f3e:aud": "api://bridge", "sts.windows.net/7c1a2f3e:sub": "principal"'],
  'trust-does-not-match': [
    'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity',
  ],
  'keys-not-fetched': [
    "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    'IDPCommunicationErrorException: the identity provider could not be reached',
  ],
  'token-expired': [
    'An error occurred (ExpiredTokenException) when calling the AssumeRoleWithWebIdentity operation: Token expired: current date/time 1767270000 must be before the expiration date/time 1767266400',
  ],
  'session-too-long': [
    "1 validation error detected: Value '100' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  ],
  'session-name-refused': [
    "1 validation error detected: Value 'my session' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  ],
  'token-without-audience': [
    'InvalidIdentityToken: Missing a required claim: aud',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  ],
  'assume-role-not-web-identity': [
    'An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::111122223333:user/dev is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/keyless-bridge',
  ],
  'session-tags-not-trusted': ['is not authorized to perform: sts:TagSession on resource: arn:aws:iam::111122223333:role/keyless-bridge'],
  'session-policy-too-long': [
    'An error occurred (PackedPolicyTooLarge) when calling the AssumeRoleWithWebIdentity operation: Packed policy consumes 112% of allotted space, please use smaller policy.',
    'PackedPolicyTooLargeException: Packed size of session tags consumes 101% of allotted space.',
    "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    'The session policy for s3://invoices/a/, s3://invoices/b/ has 2101 characters, but AWS STS takes 2048 at most.',
  ],
  'session-policy-malformed': [
    'An error occurred (MalformedPolicyDocument) when calling the AssumeRoleWithWebIdentity operation: The policy is not in the valid JSON format.',
  ],
  'region-disabled': [
    'RegionDisabledException: STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.',
  ],
  'token-claim-rejected': [
    'An error occurred (IDPRejectedClaim) when calling the AssumeRoleWithWebIdentity operation: The identity provider rejected the claim',
  ],
  'token-signature-refused': [
    'An error occurred (InvalidIdentityToken): The ID Token provided has an invalid signature',
    'InvalidIdentityToken: unsupported algorithm HS256',
  ],
  'token-too-long': [
    "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
  ],
  'role-arn-invalid': [
    'An error occurred (ValidationError) when calling the AssumeRoleWithWebIdentity operation: Request ARN is invalid',
    "1 validation error detected: Value 'role' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
  ],
  'provider-has-no-such-issuer': [
    'OpenIdIdpCommunicationErrorException: Please check .well-known/openid-configuration of provider is reachable',
  ],
  'ambient-aws-keys': [
    'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    'UnrecognizedClientException: The security token included in the request is invalid',
  ],
  'sts-other': ['An error occurred (SomethingNew) when calling the AssumeRoleWithWebIdentity operation: a sentence that nobody has seen'],
};

/** What CloudFormation and IAM answer to a deployment. */
export const CLOUDFORMATION_SAMPLES: SamplesOf<typeof CLOUDFORMATION_FAILURES> = {
  'provider-exists': [
    'Resource handler returned message: "Provider with url https://sts.windows.net/7c1a2f3e/ already exists. (Service: Iam, Status Code: 409, Request ID: 1)" (RequestToken: 2, HandlerErrorCode: AlreadyExists)',
    "Resource of type 'AWS::IAM::OIDCProvider' with identifier 'arn:aws:iam::111122223333:oidc-provider/sts.windows.net/7c1a2f3e/' already exists.",
    'An error occurred (EntityAlreadyExists) when calling the CreateOpenIDConnectProvider operation: Provider with url https://sts.windows.net/7c1a2f3e/ already exists.',
  ],
  'client-ids-replaced': ['"eventName": "RemoveClientIDFromOpenIDConnectProvider", "userAgent": "cloudformation.amazonaws.com"'],
  'thumbprint-pinned': ["OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"],
  'provider-arn-wrong': [
    'An error occurred (MalformedPolicyDocument) when calling the CreateRole operation: Federated principals must be valid domain names or SAML metadata ARNs',
  ],
  'principal-not-found': [
    'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/nobody" (Service: AmazonIdentityManagement; Status Code: 400; Error Code: MalformedPolicyDocument)',
  ],
  'policy-malformed': [
    'An error occurred (MalformedPolicyDocument) when calling the UpdateAssumeRolePolicy operation: Has prohibited field Resource',
    'MalformedPolicyDocument: Syntax errors in policy.',
  ],
  'role-exists': [
    'An error occurred (EntityAlreadyExists) when calling the CreateRole operation: Role with name keyless-bridge already exists.',
    'keyless-bridge already exists (Service: Iam, Status Code: 409) EntityAlreadyExists',
  ],
  'iam-quota': ['An error occurred (LimitExceeded) when calling the CreateRole operation: Cannot exceed quota for RolesPerAccount: 1000'],
  'iam-entity-missing': [
    'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name keyless-bridge cannot be found.',
    'An error occurred (NoSuchEntity) when calling the AddClientIDToOpenIDConnectProvider operation: OpenIDConnect Provider not found for arn arn:aws:iam::111122223333:oidc-provider/x',
  ],
  'stack-needs-delete': [
    'An error occurred (ValidationError) when calling the CreateChangeSet operation: Stack:arn:aws:cloudformation:eu-central-1:111122223333:stack/bridge/1 is in ROLLBACK_COMPLETE state and can not be updated.',
    'Stack bridge is in ROLLBACK_FAILED state and can not be updated',
  ],
  'stack-stuck': [
    'Stack:arn:aws:cloudformation:eu-central-1:111122223333:stack/bridge/1 is in UPDATE_ROLLBACK_FAILED state and can not be updated.',
    'Stack bridge: DELETE_FAILED',
  ],
  'stack-busy': [
    'Stack:arn:aws:cloudformation:eu-central-1:111122223333:stack/bridge/1 is in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated.',
  ],
  'stack-capabilities': [
    'An error occurred (InsufficientCapabilitiesException) when calling the CreateChangeSet operation: Requires capabilities : [CAPABILITY_NAMED_IAM]',
  ],
  'stack-unchanged': [
    'An error occurred (ValidationError) when calling the UpdateStack operation: No updates are to be performed.',
    "The submitted information didn't contain changes. Submit different information to create a change set.",
  ],
  'stack-parameter-wrong': [
    'An error occurred (ValidationError) when calling the CreateChangeSet operation: Parameters: [TenantId] must have values',
    'Parameter TenantId failed to satisfy constraint: Must be a GUID in lower case.',
  ],
  'stack-template-wrong': [
    'An error occurred (ValidationError) when calling the ValidateTemplate operation: Template format error: Unresolved resource dependencies [Role] in the Outputs block of the template',
  ],
  'stack-resource-exists': ['bridge-bucket already exists in stack arn:aws:cloudformation:eu-central-1:111122223333:stack/other/1'],
  'stack-missing': ['An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id bridge does not exist'],
  'stack-protected': ['Stack [bridge] cannot be deleted while TerminationProtection is enabled'],
  'stack-hook-failed': ['The following hook(s) failed: [Contoso::IAM::Guard]'],
  'stack-rolled-back': [
    'Failed to create/update the stack. Run the following command to fetch the list of events leading up to the failure',
    'Stack bridge: UPDATE_ROLLBACK_COMPLETE',
    'Resource creation cancelled',
  ],
  'aws-cli-signed-out': [
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
    'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
    'Error when retrieving token from sso: Token has expired and refresh failed',
    'You must specify a region. You can also configure your region by running "aws configure".',
    'The config profile (bridge) could not be found',
  ],
  'stack-other': [
    'Resource handler returned message: "something new" (HandlerErrorCode: GeneralServiceException)',
    'CREATE_FAILED AWS::IAM::Role Role',
  ],
};
