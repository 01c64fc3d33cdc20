import type { Evidence, Failures } from '../../explain/evidence.ts';
import { said } from '../signs.ts';

/** A managed identity's token that is older than this hides what has changed since; a younger one is as good as new. */
const STALE_MS = 15 * 60_000;
/** Only a managed identity's token lives longer. */
const LONG_LIFE_SECONDS = 2 * 3_600;

/** The managed identity and its endpoint in Azure. */
export const MANAGED_IDENTITY_FAILURES = {
  'system-assigned-in-federated-app': {
    link: 'settings',
    symptom: 'federated-app without BRIDGE_MANAGED_IDENTITY_CLIENT_ID, or with a system-assigned identity',
    cause: 'A federated credential works with a user-assigned managed identity only.',
    fix: 'Create a user-assigned managed identity, assign it to the app, name it in the federated credential, and set BRIDGE_MANAGED_IDENTITY_CLIENT_ID to its client id.',
    isSeenIn: said(
      /BRIDGE_MANAGED_IDENTITY_CLIENT_ID is (?:not set|empty)|system-assigned.{0,200}federated|federated.{0,200}system-assigned/i,
    ),
  },
  'managed-identity-ambiguous': {
    link: 'identity',
    symptom: 'Multiple user assigned identities exist',
    cause: 'The app has several managed identities, and the request does not say which one to use.',
    fix: 'Set AZURE_CLIENT_ID (in federated-app BRIDGE_MANAGED_IDENTITY_CLIENT_ID) to the client id of the right one: az identity show --query clientId.',
    isSeenIn: said(/Multiple user[- ]assigned (?:managed )?identities exist/i),
  },
  'managed-identity-missing': {
    link: 'identity',
    symptom: 'No User Assigned or Delegated Managed Identity found',
    cause:
      'The app has no such managed identity: its client id is missing from the settings, or another kind of id was given. Functions do not pick their only one by themselves.',
    fix: 'Assign the user-assigned identity to the app, and set AZURE_CLIENT_ID (in federated-app BRIDGE_MANAGED_IDENTITY_CLIENT_ID) to its client id, not its object id.',
    isSeenIn: said(
      /No User Assigned or Delegated Managed Identity found|Identity not found|Unable to load the proper Managed Identity|No MSI found for specified/i,
    ),
  },
  'managed-identity-failed': {
    link: 'identity',
    symptom: 'the endpoint for managed identities answers with an error',
    cause:
      'The endpoint is there but gave no token: a passing failure, a limit of requests, or an identity that was just assigned or created anew.',
    fix: 'Try again in some minutes. If it stays, remove the identity from the app, assign it again, and restart the app.',
    isSeenIn: said(
      /unexpected error occurr?ed while fetching the AAD Token|managed_identity_request_failed|ManagedIdentityCredential.{0,200}(?:status(?: code)?:? ?(?:429|410|50\d)|Network error)|169\.254\.169\.254.{0,200}\b(?:429|410|50\d)\b/i,
    ),
  },
  'managed-identity-not-here': {
    link: 'identity',
    symptom: 'no endpoint for managed identities can be reached',
    cause:
      'The app does not run in Azure, or no managed identity is assigned to it: then IDENTITY_ENDPOINT is not set, and 169.254.169.254 cannot be reached.',
    fix: 'In Azure: az functionapp identity show, assign the identity, restart. Elsewhere choose another BRIDGE_IDENTITY (certificate, client-secret), or use npm start, which needs no account.',
    isSeenIn: said(
      /ManagedIdentityCredential.{0,100}(?:unavailable|not available|unreachable)|No (?:managed identity|MSI) (?:endpoint|credential) (?:found|available)|managed identity endpoint (?:is not|was not|could not)|(?:EHOSTUNREACH|ENETUNREACH|ECONNREFUSED|ETIMEDOUT|EHOSTDOWN).{0,80}169\.254\.\d|169\.254\.169\.254.{0,200}(?:timed? ?out|unreachable|refused|failed)|IMDS endpoint|Network unreachable/i,
    ),
  },
  'identity-token-cached': {
    link: 'sts',
    symptom: 'a change of a role, an assignment or the token version is not visible for up to a day',
    cause: 'Azure keeps the token of a managed identity for about 24 hours; a restart of the app gets the same one.',
    fix: 'Wait until the expiry that the doctor shows, or use BRIDGE_IDENTITY=federated-app, whose tokens live about an hour.',
    isSeenIn: (evidence) => said(/token cache\b|cached token/i)(evidence) || (evidence.text !== '' && isStale(evidence)),
  },
  'principal-unexpected': {
    link: 'token',
    symptom: "the token's principal differs from place to place",
    cause:
      'A chain of credentials (DefaultAzureCredential) picked another one here, or the settings name another identity than the one that the role trusts.',
    fix: 'Use one explicit credential: set BRIDGE_IDENTITY and the client id that belongs to the expected subject, and unset AZURE_TOKEN_CREDENTIALS.',
    isSeenIn: said(/DefaultAzureCredential|ChainedTokenCredential|EnvironmentCredential|AZURE_TOKEN_CREDENTIALS/),
    rank: 'broad',
  },
  'managed-identity-other': {
    link: 'identity',
    symptom: 'an error of the managed identity that the doctor does not explain one by one',
    cause: 'The endpoint for managed identities gave no token.',
    fix: 'Check that the identity is assigned to the app (az functionapp identity show) and that AZURE_CLIENT_ID is its client id; restart the app, and run the doctor in it: GET /api/doctor.',
    isSeenIn: said(/ManagedIdentityCredential|\bIDENTITY_ENDPOINT\b|\bMSI_ENDPOINT\b|169\.254\.169\.254/),
    rank: 'family',
  },
} as const satisfies Failures;

function isStale({ claims, nowMs }: Evidence): boolean {
  if (claims?.iat === undefined || nowMs === undefined) return false;
  return claims.exp - claims.iat > LONG_LIFE_SECONDS && nowMs - claims.iat * 1_000 > STALE_MS;
}
