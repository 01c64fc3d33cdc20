import type { ENTRA_FAILURES } from '../../../src/doctor/failures/azure/entra.ts';
import type { ENTRA_CREDENTIAL_FAILURES } from '../../../src/doctor/failures/azure/entra-credentials.ts';
import type { MANAGED_IDENTITY_FAILURES } from '../../../src/doctor/failures/azure/managed-identity.ts';
import type { SamplesOf } from './samples-of.ts';

/** What Entra ID and managed identities answer. */
export const IDENTITY_SAMPLES: SamplesOf<typeof ENTRA_CREDENTIAL_FAILURES & typeof ENTRA_FAILURES & typeof MANAGED_IDENTITY_FAILURES> = {
  'client-secret-expired': [
    "AADSTS7000222: The provided client secret keys for app '3f0b6d1c-0000-4000-8000-5e1d1b0f4a11' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret",
  ],
  'wrong-client-credential': [
    "invalid_client: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '3f0b6d1c'. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-03-01 12:00:00Z",
    'AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided.',
  ],
  'client-credential-missing': [
    "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  ],
  'client-certificate-unknown': [
    "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'F1A2']",
    'AADSTS700027: Client assertion contains an invalid signature. [Reason - The key used is expired.]',
    "AADSTS700030: Invalid certificate - subject name in certificate is not authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: 'CN=bridge'.",
  ],
  'client-assertion-expired': [
    'AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-03-01T12:00:00.0000000Z, assertion valid from 2026-03-01T10:00:00.0000000Z, expiry time of assertion 2026-03-01T11:00:00.0000000Z.',
  ],
  'client-assertion-for-another': [
    "AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter.",
    'AADSTS700023: Client assertion audience claim does not match Realm issuer.',
  ],
  'public-client-with-credential': [
    "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ],
  'federated-assertion-refused': [
    'AADSTS700222: AAD-issued tokens may not be used for federated identity flows.',
    'AADSTS700229: Forbidden token type. Only app-only tokens can be used as Federated Identity Credentials for AAD issuer.',
    "AADSTS700238: Tokens issued by issuer 'https://login.microsoftonline.com/t/v2.0' may not be used for federated identity credential flows for applications or managed identities registered in this tenant.",
  ],
  'federated-credential-differs': [
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'd05f9b62'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    'AADSTS70021: No matching federated identity record found for presented assertion.',
    'AADSTS700211: No matching federated identity record found for presented assertion issuer',
    "AADSTS700212: No matching federated identity record found for presented assertion audience 'api://AzureADTokenExchange'.",
    "Error: AADSTS7002138: No matching federated identity record found for presented assertion subject 'D05F9B62'. Please note that the matching is done using a case-sensitive comparison.",
    '{"error":"invalid_request","error_codes":[70021],"timestamp":"2026-03-01 12:00:00Z"}',
  ],
  'client-credential-forbidden': ['CredentialTypeNotAllowedAsPerAppPolicy: Credential type not allowed as per assigned policy'],
  'certificate-file-unreadable': [
    'secretOrPrivateKey must be an asymmetric key when using PS256',
    'error:1E08010C:DECODER routines::unsupported',
    'The file at the specified path does not contain a PEM-encoded certificate.',
    "ENOENT: no such file or directory, open '/home/site/wwwroot/bridge.pem'",
  ],
  'scope-in-app-id-uri': ['AADSTS500011: The resource principal named api://id/.default was not found in the tenant named Contoso.'],
  'app-id-uri-unknown': [
    'AADSTS500011: The resource principal named api://7c1a2f3e/keyless-bridge was not found in the tenant named Contoso.',
    "AADSTS50001: The application named 'api://bridge' was not found in the tenant.",
  ],
  'resource-disabled': ["AADSTS500014: The service principal for resource 'api://bridge' is disabled."],
  'application-disabled': ["AADSTS7000112: Application '3f0b6d1c'(bridge) is disabled."],
  'service-principal-missing': ["AADSTS7000229: The client application '3f0b6d1c' is missing service principal in the tenant '7c1a2f3e'."],
  'scope-not-default': ['AADSTS70011: The provided value for the input parameter scope is not valid'],
  'identity-not-assigned': [
    "AADSTS501051: Application '9e2c4a58'(identity) is not assigned to a role for the application 'api://bridge'(bridge).",
  ],
  'tenant-id-malformed': [
    "AADSTS900023: Specified tenant identifier 'contoso' is neither a valid DNS name, nor a valid external domain.",
    'AADSTS50059: No tenant-identifying information found in either the request or implied by any provided credentials.',
    "AADSTS50194: Application '3f0b6d1c'(bridge) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported.",
  ],
  'tenant-or-cloud-wrong': [
    "AADSTS700016: Application with identifier '3f0b6d1c' was not found in the directory 'Contoso'.",
    "AADSTS90002: Tenant '7c1a2f3e' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
    'AADSTS900382: Confidential Client is not supported in Cross Cloud request.',
    'ClientAuthError: endpoints_resolution_error: Endpoints cannot be resolved',
  ],
  'conditional-access': [
    'AADSTS530003: Your device is required to be managed to access this resource.',
    'AADSTS530021: Application does not meet the conditional access approved app requirements.',
    'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    'AADSTS530034: A delegated administrator was blocked from accessing the tenant due to account risk in their home tenant.',
    'Sign-in error code: 53003. Failure reason: Access has been blocked by Conditional Access policies.',
  ],
  'tenant-restricted': ["AADSTS500021: Access to 'Contoso' tenant is denied."],
  'user-sign-in-needed': [
    'AADSTS500571: The guest user account is disabled.',
    'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access',
    'AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-01-01 and was inactive for 90.00:00:00.',
    'AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  ],
  'consent-missing': [
    "AADSTS65001: The user or administrator has not consented to use the application with ID '04b07795-8ddb-461a-bbee-02f9e1bf7b46' named 'Microsoft Azure CLI'.",
    'AADSTS650056: Misconfigured application. This could be due to one of the following: the client has not listed any permissions',
  ],
  'token-request-malformed': [
    "AADSTS900144: The request body must contain the following parameter: 'grant_type'.",
    "AADSTS901002: The 'resource' request parameter is not supported.",
    'AADSTS9002313: Invalid request. Request is malformed or invalid.',
  ],
  'entra-unavailable': [
    'ClientAuthError: network_error: Network request failed',
    'AADSTS90033: A transient error has occurred. Please try again.',
    'AADSTS50196: The server terminated an operation because it encountered a client request loop.',
  ],
  'graph-denied': [
    'ERROR: Insufficient privileges to complete the operation.',
    '"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."',
  ],
  'directory-quota': [
    'The directory object quota limit for the Principal has been exceeded. Please ask your administrator to increase the quota limit',
  ],
  'app-id-uri-taken': ['Another object with the same value for property identifierUris already exists.'],
  'app-id-uri-refused': [
    'Failed to add identifier URI api://keyless-bridge. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID',
  ],
  'unique-name-taken': ['Another object with the same value for property uniqueName already exists.'],
  'app-role-assigned-already': ['Permission being assigned already exists on the object'],
  'graph-other': [
    'Request_MultipleObjectsWithSameKeyValue: Another object with the same value for property appRoles already exists',
    'Bad Request({"error":{"code":"Request_UnsupportedQuery","message":"Unsupported"}})',
  ],
  'entra-other': [
    'AADSTS135010: UserPrincipal does not have the key ID configured.',
    'AADSTS9999999: Something that Microsoft has not made yet.',
    'AuthenticationError: invalid_client',
  ],
  'system-assigned-in-federated-app': ['BRIDGE_MANAGED_IDENTITY_CLIENT_ID is not set'],
  'managed-identity-ambiguous': [
    'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
  ],
  'managed-identity-missing': [
    'ManagedIdentityCredential: Status code 400: No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    'ManagedIdentityCredential authentication failed: Unable to load the proper Managed Identity.',
    '{"error":"invalid_request","error_description":"Identity not found"}',
  ],
  'managed-identity-failed': [
    'An unexpected error occured while fetching the AAD Token. Please contact support with this provided Correlation Id.',
    'ManagedIdentityCredential: authentication failed with status code: 429',
  ],
  'managed-identity-not-here': [
    'ManagedIdentityCredential authentication unavailable, no managed identity endpoint found.',
    'connect EHOSTUNREACH 169.254.169.254:80',
    'CredentialUnavailableError: ManagedIdentityCredential: Authentication unavailable. The requested identity has not been assigned to this resource.',
    'ManagedIdentityCredential: Network unreachable. Message: connect ENETUNREACH 169.254.169.254:80',
  ],
  'identity-token-cached': ['the role is not in the cached token of the managed identity'],
  'principal-unexpected': [
    'CredentialUnavailableError: EnvironmentCredential is unavailable. No underlying credential could be used.',
    'DefaultAzureCredential failed to retrieve a token from the included credentials.',
    'ChainedTokenCredential authentication failed',
  ],
  'managed-identity-other': ['ManagedIdentityCredential authentication failed with something new'],
};
