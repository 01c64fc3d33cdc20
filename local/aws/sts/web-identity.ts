import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { AwsError } from '../aws-error.ts';
import type { Account, OidcProvider } from '../iam/account.ts';
import { invalidIdentityToken } from './sts-error.ts';

/** What AWS sees of a token that it believes. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly subject: string;
  /** `azp` where the token has one, else `aud`. */
  readonly audience: string;
}

const ALGORITHMS = ['RS256', 'ES256'];
const EXPIRY_LEEWAY_MS = 5 * 60_000;

/** Verifies a token as STS does: issuer, signature, audience and times. Throws the errors of STS. */
export function createWebIdentityVerifier(account: Account, keysOf: (issuer: string) => Promise<JWTVerifyGetKey>, clock: () => Date) {
  return async (token: string): Promise<WebIdentity> => {
    const issuer = claim(decode(token), 'iss');
    const provider = account.findOidcProvider(issuer);
    if (provider === undefined) throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`);
    const payload = await verifySignature(token, await keysOf(issuer));
    const subject = claim(payload, 'sub');
    const audience = findAudience(payload, provider);
    checkTimes(payload, clock().getTime());
    return { provider, subject, audience };
  };
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw invalidIdentityToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
}

async function verifySignature(token: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    // Only the signature is left to the library here: its times are checked by the rules of STS.
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      currentDate: new Date(0),
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      throw invalidIdentityToken(
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      );
    }
    if (error instanceof errors.JOSEError) throw invalidIdentityToken(`The token's signature could not be verified: ${error.code}`);
    throw error;
  }
}

function findAudience(payload: JWTPayload, provider: OidcProvider): string {
  const audiences = payload['azp'] === undefined ? [payload.aud ?? []].flat() : [claim(payload, 'azp')];
  if (audiences.length === 0) throw invalidIdentityToken('Missing a required claim: aud');
  const accepted = audiences.find((audience) => provider.clientIds.includes(audience));
  if (accepted === undefined) throw invalidIdentityToken('Incorrect token audience');
  return accepted;
}

function checkTimes({ exp, nbf }: JWTPayload, nowMs: number): void {
  if (!Number.isInteger(exp) || exp === undefined) throw invalidIdentityToken('Missing a required claim: exp');
  if (nowMs > exp * 1000 + EXPIRY_LEEWAY_MS) {
    const message = `Token expired: current date/time ${Math.floor(nowMs / 1000)} must be before the expiration date/time ${exp}`;
    throw new AwsError('ExpiredTokenException', 400, message);
  }
  if (nbf !== undefined && nowMs < nbf * 1000)
    throw new AwsError('IDPRejectedClaim', 403, 'The token is not valid yet: nbf is in the future');
}

function claim(payload: JWTPayload, name: string): string {
  const value = payload[name];
  if (typeof value !== 'string' || value === '') throw invalidIdentityToken(`Missing a required claim: ${name}`);
  return value;
}
