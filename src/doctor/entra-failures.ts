import { type Evidence, type KnownFailure, said } from './evidence.ts';

/** A managed identity's token that is older than this hides what has changed since; a younger one is as good as new. */
const STALE_MS = 15 * 60_000;
/** Only a managed identity's token lives longer. */
const LONG_LIFE_SECONDS = 2 * 3_600;

const APP_ID_URI_WITH_SCOPE =
  /AADSTS500011.*\bnamed '?(?:api|https):\/\/(?:[^/\s']+\/)*(?:\.|\.?default|user_impersonation|access_as_\w+|[\w.-]*scope)(?:\/default)?['\s]/s;

/** What goes wrong between the app and its token. More particular failures come before those that they are a case of. */
export const ENTRA_FAILURES = {
  'scope-in-app-id-uri': {
    symptom: 'AADSTS500011 names a resource that ends with a scope, such as /.default, ./default or /my-scope',
    cause: 'A scope was taken for the App ID URI: a managed identity is asked for the resource itself.',
    fix: 'Set BRIDGE_AUDIENCE to the App ID URI alone. The app adds exactly "/.default" where it is needed.',
    isSeenIn: said(APP_ID_URI_WITH_SCOPE),
  },
  'app-id-uri-unknown': {
    symptom: 'AADSTS500011: the resource principal was not found',
    cause:
      'No application of this tenant has the App ID URI: it was never set (it is not made by itself), the service principal is missing, or the tenant is another.',
    fix: 'Set the Application ID URI of the app registration (Expose an API) to BRIDGE_AUDIENCE, create its service principal (az ad sp create --id <client id>), and check AZURE_TENANT_ID.',
    isSeenIn: said(/AADSTS500011\b/),
  },
  'scope-not-default': {
    symptom: 'AADSTS1002012 or AADSTS70011: the scope is not valid',
    cause: 'Client credentials need exactly <App ID URI>/.default: a bare URI or a delegated scope was asked for.',
    fix: 'Append "/.default" to the App ID URI where you ask for the token yourself; in BRIDGE_AUDIENCE give the URI alone.',
    isSeenIn: said(/AADSTS(?:1002012|70011)\b/),
  },
  'identity-not-assigned': {
    symptom: 'AADSTS501051: the application is not assigned to a role',
    cause: 'The application behind the App ID URI demands an assignment, and this identity has none.',
    fix: 'Create an app role with member type Applications on the app registration, and assign it to the service principal of the identity.',
    isSeenIn: said(/AADSTS501051\b/),
  },
  'system-assigned-in-federated-app': {
    symptom: 'federated-app without BRIDGE_MANAGED_IDENTITY_CLIENT_ID, or with a system-assigned identity',
    cause: 'A federated credential works with a user-assigned managed identity only.',
    fix: 'Create a user-assigned managed identity, assign it to the app, name it in the federated credential, and set BRIDGE_MANAGED_IDENTITY_CLIENT_ID to its client id.',
    isSeenIn: said(/BRIDGE_MANAGED_IDENTITY_CLIENT_ID is (?:not set|empty)|system-assigned.*federated|federated.*system-assigned/is),
  },
  'federated-credential-differs': {
    symptom: 'AADSTS700213, AADSTS70021, AADSTS700211 or AADSTS700212: no matching federated identity record',
    cause:
      'Subject, issuer or audience of the federated credential differ from those of the managed identity (case matters), or it is so new that it is not yet everywhere.',
    fix: 'Compare: issuer https://login.microsoftonline.com/<tenant>/v2.0, subject = principal id of the managed identity, audience api://AzureADTokenExchange. After a deployment wait some minutes.',
    isSeenIn: said(/AADSTS(?:700213|70021|700211|700212)\b/),
  },
  'managed-identity-missing': {
    symptom: 'No User Assigned or Delegated Managed Identity found',
    cause:
      'The app has no such managed identity: its client id is missing from the settings, or another kind of id was given. Functions do not pick their only one by themselves.',
    fix: 'Assign the user-assigned identity to the app, and set AZURE_CLIENT_ID (in federated-app BRIDGE_MANAGED_IDENTITY_CLIENT_ID) to its client id, not its object id.',
    isSeenIn: said(/No User Assigned or Delegated Managed Identity found|Identity not found/i),
  },
  'tenant-or-cloud-wrong': {
    symptom: 'AADSTS700016, AADSTS90002, AADSTS90038 or AADSTS900382: application or tenant not found here',
    cause:
      'AZURE_TENANT_ID is not the tenant of the app registration, AZURE_CLIENT_ID is not its client id, or AZURE_AUTHORITY_HOST is the authority of another cloud.',
    fix: 'Compare AZURE_TENANT_ID and AZURE_CLIENT_ID with the overview page of the app registration, and AZURE_AUTHORITY_HOST with the cloud of the tenant.',
    isSeenIn: said(/AADSTS(?:700016|90002|90038|900382)\b|endpoints_resolution_error/),
  },
  'principal-unexpected': {
    symptom: "the token's principal differs from place to place",
    cause:
      'A chain of credentials (DefaultAzureCredential) picked another one here, or the settings name another identity than the one that the role trusts.',
    fix: 'Use one explicit credential: set BRIDGE_IDENTITY and the client id that belongs to the expected subject, and unset AZURE_TOKEN_CREDENTIALS.',
    isSeenIn: said(/DefaultAzureCredential|ChainedTokenCredential|AZURE_TOKEN_CREDENTIALS/),
  },
  'identity-token-cached': {
    symptom: 'a change of a role, an assignment or the token version is not visible for up to a day',
    cause: 'Azure keeps the token of a managed identity for about 24 hours; a restart of the app gets the same one.',
    fix: 'Wait until the expiry that the doctor shows, or use BRIDGE_IDENTITY=federated-app, whose tokens live about an hour.',
    isSeenIn: (evidence) => said(/token cache|cached token|not visible/i)(evidence) || (evidence.text !== '' && isStale(evidence)),
  },
} as const satisfies Record<string, KnownFailure>;

function isStale({ claims, nowMs }: Evidence): boolean {
  if (claims?.iat === undefined || nowMs === undefined) return false;
  return claims.exp - claims.iat > LONG_LIFE_SECONDS && nowMs - claims.iat * 1_000 > STALE_MS;
}
