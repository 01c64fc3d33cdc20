import { randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';

/** Entra back-dates its tokens by this much, for clocks that differ. */
const BACK_DATED_SECONDS = 300;

/** How the caller signed in, as `appidacr` and `azpacr` tell it. */
export type CredentialKind = 'secret' | 'assertion';

export interface TokenRequest {
  /** The caller's application (client) id. */
  readonly clientId: string;
  /** Object id of the caller's service principal. */
  readonly principalId: string;
  readonly credential: CredentialKind;
  readonly audience: string;
  readonly version: 1 | 2;
  readonly lifetimeSeconds: number;
}

export interface Issuers {
  readonly tenantId: string;
  /** `iss` of tokens of version 1 and 2. */
  readonly issuer: string;
  readonly v2Issuer: string;
}

/** The claims of an app-only access token. */
export function accessTokenClaims(request: TokenRequest, issuers: Issuers, nowMs: number): JWTPayload {
  const now = Math.floor(nowMs / 1000);
  const credentialClass = request.credential === 'secret' ? '1' : '2';
  const common = {
    aud: request.audience,
    iat: now - BACK_DATED_SECONDS,
    nbf: now - BACK_DATED_SECONDS,
    exp: now + request.lifetimeSeconds,
    oid: request.principalId,
    sub: request.principalId,
    tid: issuers.tenantId,
    uti: randomBytes(16).toString('base64url'),
  };
  if (request.version === 2) return { ...common, iss: issuers.v2Issuer, azp: request.clientId, azpacr: credentialClass, ver: '2.0' };
  return { ...common, iss: issuers.issuer, idp: issuers.issuer, appid: request.clientId, appidacr: credentialClass, ver: '1.0' };
}
