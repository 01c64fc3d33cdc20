import { FederationError, type FederationErrorCode } from './federation-error.ts';

interface Finding {
  /** Pattern in the SDK's message. */
  readonly sign: RegExp;
  readonly code: FederationErrorCode;
  readonly remedy: string;
}

const FINDINGS: readonly Finding[] = [
  {
    sign: /AADSTS700016\b/,
    code: 'unknown-application',
    remedy: 'Check AZURE_CLIENT_ID, and that AZURE_TENANT_ID is the tenant in which the app registration is.',
  },
  {
    sign: /AADSTS(90002|90038|900382)\b/,
    code: 'unknown-tenant',
    remedy: 'Check AZURE_TENANT_ID, and AZURE_AUTHORITY_HOST if the tenant is in another cloud.',
  },
  {
    sign: /AADSTS(7000215|7000222|7000218)\b/,
    code: 'wrong-client-credential',
    remedy: 'Put the value (not the id) of a secret of the app registration that has not expired into AZURE_CLIENT_SECRET.',
  },
  {
    sign: /AADSTS(700027|700030)\b/,
    code: 'wrong-client-credential',
    remedy: 'Upload the certificate to the app registration, or replace it if it has expired.',
  },
  {
    sign: /ENOENT|EACCES|PEM-encoded/,
    code: 'wrong-client-credential',
    remedy: 'AZURE_CLIENT_CERTIFICATE_PATH must name a readable PEM file with the private key and the certificate.',
  },
  {
    sign: /AADSTS(70021|700211|700212|700213)\b/,
    code: 'no-federated-credential',
    remedy:
      "Give the app registration a federated credential whose issuer is the tenant's v2.0 issuer, whose subject is the principal id of the managed identity (case matters) and whose audience is the token exchange's. A new one takes some minutes to work.",
  },
  {
    sign: /AADSTS500011\b/,
    code: 'unknown-audience',
    remedy: 'Set BRIDGE_AUDIENCE to an App ID URI of an app registration in this tenant, and see that it has a service principal.',
  },
  {
    sign: /AADSTS(1002012|70011)\b/,
    code: 'unknown-audience',
    remedy: 'Set BRIDGE_AUDIENCE to the App ID URI alone, without a scope.',
  },
  {
    sign: /AADSTS501051\b/,
    code: 'not-assigned',
    remedy: 'Assign the identity to an app role of the application that owns the App ID URI.',
  },
  {
    sign: /No User Assigned or Delegated Managed Identity found|Identity not found/,
    code: 'no-managed-identity',
    remedy: 'Assign the identity to this app, and give its client id (not its object id) in the settings.',
  },
  {
    sign: /Network unreachable/,
    code: 'entra-unavailable',
    remedy: 'The endpoint for managed identities could not be reached. There is none outside Azure: choose another BRIDGE_IDENTITY there.',
  },
  {
    sign: /endpoints_resolution_error/,
    code: 'entra-unavailable',
    remedy:
      'The authority could not be reached, or has no such tenant. Check the network, AZURE_TENANT_ID and AZURE_AUTHORITY_HOST, and NODE_EXTRA_CA_CERTS if its certificate is private.',
  },
  {
    sign: /network_error|AADSTS90033\b|temporarily_unavailable|server_error|ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/,
    code: 'entra-unavailable',
    remedy: 'Try again in a while.',
  },
];

/** Turns what `@azure/identity` throws into a {@link FederationError}. `what` names the token: whose, for what. */
export function fromEntraError(error: unknown, what: string): FederationError {
  const text = allMessages(error);
  const { code, remedy } = FINDINGS.find(({ sign }) => sign.test(text)) ?? {
    code: 'entra-rejected' as const,
    remedy: 'Look the code up in the Entra sign-in logs.',
  };
  return new FederationError(code, `No token ${what}: ${briefly(text)}. ${remedy}`, error);
}

const MAX_SEARCHED = 4_000;

/** The messages of an error and its causes: the SDK wraps the interesting one. */
function allMessages(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_SEARCHED);
  const message = error.message.slice(0, MAX_SEARCHED);
  return error.cause === undefined ? message : `${message}\n${allMessages(error.cause)}`;
}

/** Entra's own sentence without trace ids and times, else the first line. */
function briefly(text: string): string {
  const sentence = /AADSTS\d+:[\s\S]*?(?=\s*Trace ID:|\s*- Correlation ID:|$)/.exec(text)?.[0] ?? text.split('\n', 1)[0] ?? '';
  return sentence.trim().replace(/\.$/, '');
}
