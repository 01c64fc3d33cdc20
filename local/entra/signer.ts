import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { exportJWK, type JSONWebKeySet, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { KeyAndCertificate } from './certificates.ts';

/** Signs JWTs with one RSA key, and publishes it. */
export interface Signer {
  /** What `jwks_uri` answers: the key with its id and its certificate. */
  readonly jwks: JSONWebKeySet;
  /** Of every token that it signs. */
  readonly header: JWTHeaderParameters;
  /** Signs `claims` as they are, with RS256. */
  sign(claims: JWTPayload): Promise<string>;
}

/** A signer whose key id is the certificate's SHA-1 thumbprint, as in Entra. */
export async function createSigner(pair: KeyAndCertificate): Promise<Signer> {
  const privateKey = createPrivateKey(pair.key);
  const certificate = new X509Certificate(pair.certificate).raw;
  const kid = createHash('sha1').update(certificate).digest('base64url');
  const publicJwk = await exportJWK(createPublicKey(privateKey));

  const header = { typ: 'JWT', alg: 'RS256', x5t: kid, kid };

  return {
    header,
    jwks: { keys: [{ ...publicJwk, use: 'sig', kid, x5t: kid, x5c: [certificate.toString('base64')] }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(privateKey),
  };
}
