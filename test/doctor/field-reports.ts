import type { Evidence } from '../../src/doctor/explain/evidence.ts';
import type { FailureId } from '../../src/doctor/explain/known-failures.ts';

/** How a failure was met, and what mends it. */
interface FieldReport extends Evidence {
  readonly mendedBy: RegExp;
}

const ISSUER = 'https://sts.windows.net/7c1a2f3e-5b64-4d0a-9a43-2f0d1b8e6c55/';
const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const NOW = NOW_MS / 1_000;
const CLAIMS = { iss: ISSUER, aud: 'api://bridge', sub: 'principal', iat: NOW - 60, exp: NOW + 3_600 };

/** Failures with the evidence that there was, in the words of the service or tool, and what fixed them. */
export const FIELD_REPORTS = {
  'provider-not-found': {
    text: `An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account for ${ISSUER}`,
    mendedBy: /Create the OIDC provider in the account of AWS_ROLE_ARN/,
  },
  'version-2-audience': {
    text: 'InvalidIdentityToken: Incorrect token audience',
    claims: { ...CLAIMS, azp: 'caller', ver: '2.0' },
    mendedBy: /version 1 tokens/,
  },
  'audience-not-registered': {
    text: 'InvalidIdentityToken: Incorrect token audience',
    claims: CLAIMS,
    mendedBy: /add-client-id-to-open-id-connect-provider/,
  },
  'trust-does-not-match': {
    text: 'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    mendedBy: /compare :aud and :sub/,
  },
  'condition-key-prefix': {
    text: '"StringEquals": { "https://sts.windows.net/7c1a2f3e/:aud": "api://bridge", "https://sts.windows.net/7c1a2f3e/:sub": "principal" }',
    mendedBy: /Write the keys as sts\.windows\.net\/<tenant>\/:aud/,
  },
  'keys-not-fetched': {
    text: "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    mendedBy: /Try again/,
  },
  'token-expired': {
    text: 'ExpiredTokenException: Token expired: current date/time 1767270000 must be before the expiration date/time 1767266400',
    mendedBy: /Fetch a new token for each exchange/,
  },
  'session-too-long': {
    text: 'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    mendedBy: /Lower BRIDGE_SESSION_SECONDS/,
  },
  'session-name-refused': {
    text: "1 validation error detected: Value 'my session' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    mendedBy: /Use only letters, digits/,
  },
  'app-id-uri-unknown': {
    text: 'AADSTS500011: The resource principal named api://7c1a2f3e/keyless-bridge was not found in the tenant named Contoso. This can happen if the application has not been installed by the administrator of the tenant.',
    mendedBy: /Set the Application ID URI/,
  },
  'scope-in-app-id-uri': {
    text: 'AADSTS500011: The resource principal named api://7c1a2f3e/keyless-bridge/./default was not found in the tenant named Contoso.',
    mendedBy: /the App ID URI alone/,
  },
  'scope-not-default': {
    text: 'AADSTS1002012: The provided value for scope api://bridge is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    mendedBy: /Append "\/\.default"/,
  },
  'identity-not-assigned': {
    text: "AADSTS501051: Application '9e2c4a58'(identity) is not assigned to a role for the application 'api://bridge'(bridge).",
    mendedBy: /assign it to the service principal/,
  },
  'federated-credential-differs': {
    text: "AADSTS700213: No matching federated identity record found for presented assertion subject 'd05f9b62'.",
    mendedBy: /subject = principal id/,
  },
  'system-assigned-in-federated-app': {
    text: 'BRIDGE_MANAGED_IDENTITY_CLIENT_ID is not set',
    mendedBy: /Create a user-assigned managed identity/,
  },
  'token-is-for-exchange': {
    text: 'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://login.microsoftonline.com/7c1a2f3e/v2.0',
    claims: { ...CLAIMS, aud: 'fb60f99c-7a34-4190-8149-302f77469936' },
    mendedBy: /your own App ID URI/,
  },
  'identity-token-cached': {
    text: 'STS did not accept the role that was assigned to the identity an hour ago',
    claims: { ...CLAIMS, iat: NOW - 3_600, exp: NOW + 23 * 3_600 },
    nowMs: NOW_MS,
    mendedBy: /Wait until the expiry|federated-app/,
  },
  'managed-identity-missing': {
    text: 'ManagedIdentityCredential: Status code 400: No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    mendedBy: /set AZURE_CLIENT_ID/,
  },
  'provider-exists': {
    text: `Resource handler returned message: "Provider with url ${ISSUER} already exists. (Service: Iam, Status Code: 409)" (HandlerErrorCode: AlreadyExists); EntityAlreadyExists`,
    mendedBy: /ExistingOidcProviderArn/,
  },
  'client-ids-replaced': {
    text: '"eventName": "RemoveClientIDFromOpenIDConnectProvider", "userAgent": "cloudformation.amazonaws.com"',
    mendedBy: /Keep the provider in one stack/,
  },
  'thumbprint-pinned': {
    text: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    mendedBy: /Leave ThumbprintList out/,
  },
  'app-id-uri-refused': {
    text: 'Failed to add identifier URI api://keyless-bridge. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID',
    mendedBy: /api:\/\/<client id>/,
  },
  'unique-name-taken': {
    text: 'Another object with the same value for property uniqueName already exists.',
    mendedBy: /Purge the deleted application/,
  },
  'ambient-aws-keys': {
    text: 'UnrecognizedClientException: The security token included in the request is invalid',
    mendedBy: /Remove AWS_ACCESS_KEY_ID/,
  },
  'multipart-needs-decrypt': {
    text: 'An error occurred (AccessDenied) when calling the UploadPart operation: User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-central-1:111122223333:key/1',
    mendedBy: /Allow kms:Decrypt and kms:GenerateDataKey/,
  },
  'listing-denied': {
    text: 'An error occurred (403) when calling the HeadObject operation: Forbidden',
    mendedBy: /Allow s3:ListBucket/,
  },
  'token-without-audience': {
    text: 'InvalidIdentityToken: Missing a required claim: aud',
    mendedBy: /your own App ID URI/,
  },
  'tenant-or-cloud-wrong': {
    text: "AADSTS700016: Application with identifier '3f0b6d1c' was not found in the directory 'Contoso'.",
    mendedBy: /AZURE_TENANT_ID and AZURE_CLIENT_ID/,
  },
  'principal-unexpected': {
    text: 'DefaultAzureCredential => AzureCliCredential got a token',
    mendedBy: /one explicit credential/,
  },
  'trust-too-broad': {
    text: '"Action": "sts:AssumeRoleWithWebIdentity", "Condition": { "StringEquals": { "sts.windows.net/7c1a2f3e/:aud": "api://bridge" } }',
    mendedBy: /Pin :sub to the object id/,
  },
} satisfies Readonly<Partial<Record<FailureId, FieldReport>>>;
