import { createHash, createHmac } from 'node:crypto';
import { type AwsRequest, decodePercent, encodePercent } from '../aws-request.ts';
import type { SignatureClaim } from './signature-claim.ts';

/** SHA-256 as lower-case hex. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The key that signs everything in `scope`. */
export function deriveSigningKey(secretAccessKey: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

/** Signs the lines of a string to sign. */
export function signLines(signingKey: Buffer, ...lines: readonly string[]): string {
  return hmac(signingKey, lines.join('\n')).toString('hex');
}

/** The signature that `request` should have, by the rules of S3: the path is encoded once, and never normalised. */
export function signRequest(request: AwsRequest, claim: SignatureClaim, signingKey: Buffer, payloadHash: string): string {
  const canonicalRequest = [
    request.method,
    request.rawPath.split('/').map(decodePercent).map(encodePercent).join('/'),
    canonicalQuery(request),
    ...claim.signedHeaders.map((name) => `${name}:${(request.header(name) ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    claim.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  // Header values hold one byte per character, and the client signed those bytes.
  const digest = sha256Hex(Buffer.from(canonicalRequest, 'latin1'));
  return signLines(signingKey, 'AWS4-HMAC-SHA256', claim.timestamp, claim.scope, digest);
}

function canonicalQuery(request: AwsRequest): string {
  return request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodePercent(name)}=${encodePercent(value)}`)
    .sort()
    .join('&');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
