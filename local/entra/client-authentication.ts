import { createHash, X509Certificate } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { CredentialKind } from './claims.ts';
import type { Application, Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';

/** Clocks may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 300;

export interface AuthenticatedClient {
  readonly application: Application;
  readonly credential: CredentialKind;
}

export interface ClientTrust {
  readonly directory: Directory;
  /** What an assertion that an application made itself must be meant for. */
  readonly tokenEndpoint: string;
  /** Issuer and keys of the tokens that managed identities present here. */
  readonly v2Issuer: string;
  readonly jwks: JSONWebKeySet;
  readonly clock: () => number;
}

/** Which client sends this form, proved by its secret, its certificate or a federated credential. Throws {@link EntraError}. */
export async function authenticateClient(form: URLSearchParams, trust: ClientTrust): Promise<AuthenticatedClient> {
  const application = trust.directory.findApplication(form.get('client_id') ?? '');
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (secret !== null) {
    checkSecret(application, secret);
    return { application, credential: 'secret' };
  }
  if (assertion === null)
    throw new EntraError(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  await checkAssertion(application, assertion, trust);
  return { application, credential: 'assertion' };
}

function checkSecret({ secrets = [], clientId }: Application, secret: string): void {
  if (secrets.includes(secret)) return;
  throw new EntraError(
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );
}

async function checkAssertion(application: Application, assertion: string, trust: ClientTrust): Promise<void> {
  const claims = decode(assertion);
  try {
    if (claims.iss === application.clientId) await checkSelfSigned(application, assertion, trust);
    else await checkFederated(application, { assertion, claims }, trust);
  } catch (error) {
    if (error instanceof errors.JWTExpired || (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf'))
      throw new EntraError(700024, 'Client assertion is not within its valid time range.');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
      throw new EntraError(700023, 'Client assertion audience claim does not match Realm issuer.');
    if (error instanceof errors.JOSEError) throw new EntraError(50013, 'Assertion failed signature validation.');
    throw error;
  }
}

function decode(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new EntraError(50013, 'Assertion is malformed.');
  }
}

async function checkSelfSigned(application: Application, assertion: string, trust: ClientTrust): Promise<void> {
  const header = decodeProtectedHeader(assertion);
  const certificate = (application.certificates ?? [])
    .map((pem) => new X509Certificate(pem))
    .find(({ raw }) => header['x5t#S256'] === thumbprint(raw, 'sha256') || header.x5t === thumbprint(raw, 'sha1'));
  if (certificate === undefined)
    throw new EntraError(700027, 'The certificate with identifier used to sign the client assertion is not registered on application.');
  if (certificate.validToDate.getTime() < trust.clock())
    throw new EntraError(700027, `The certificate used to sign the client assertion expired on ${certificate.validTo}.`);
  await jwtVerify(assertion, certificate.publicKey, {
    algorithms: ['RS256', 'PS256'],
    subject: application.clientId,
    audience: trust.tokenEndpoint,
    currentDate: new Date(trust.clock()),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  });
}

function thumbprint(certificate: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(certificate).digest('base64url');
}

async function checkFederated(
  { federatedCredentials = [] }: Application,
  { assertion, claims }: { readonly assertion: string; readonly claims: JWTPayload },
  trust: ClientTrust,
): Promise<void> {
  const sameIssuer = federatedCredentials.filter(({ issuer }) => issuer === claims.iss);
  if (sameIssuer.length === 0 || claims.iss !== trust.v2Issuer) throw unmatched(700211, 'issuer', claims.iss);
  const sameSubject = sameIssuer.filter(({ subject }) => subject === claims.sub);
  if (sameSubject.length === 0) throw unmatched(700213, 'subject', claims.sub);
  // A credential names the audience by its URI; the token carries the client id of the application behind that URI.
  const hasAudience = sameSubject.some(({ audience }) => trust.directory.findResource(audience).clientId === claims.aud);
  if (!hasAudience) throw unmatched(700212, 'audience', claims.aud);
  await jwtVerify(assertion, createLocalJWKSet(trust.jwks), {
    currentDate: new Date(trust.clock()),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  });
}

function unmatched(code: 700211 | 700212 | 700213, what: string, value: unknown): EntraError {
  return new EntraError(
    code,
    `No matching federated identity record found for presented assertion ${what} '${value}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
  );
}
