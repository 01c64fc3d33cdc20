import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { Caller } from './authenticate.ts';
import { sha256Hex, signLines } from './sign.ts';

/** What the signatures in a body depend on. */
type ChunkSigner = Pick<Caller, 'signingKey' | 'signature' | 'scope' | 'timestamp'>;

/** Verifies the chain of signatures in a body that is signed chunk by chunk, beginning with the request's own signature. */
export function createChunkVerifier(
  { signingKey, signature: seed, scope, timestamp }: ChunkSigner,
  { hasTrailer }: { readonly hasTrailer: boolean },
) {
  let previous = seed;

  function follow(kind: 'PAYLOAD' | 'TRAILER', signature: string | undefined, ...hashes: readonly string[]): void {
    const expected = signLines(signingKey, `AWS4-HMAC-SHA256-${kind}`, timestamp, scope, previous, ...hashes);
    if (signature !== expected) {
      throw new AwsError('SignatureDoesNotMatch', 403, 'The signature of a chunk or of the trailer does not match the one we calculated.');
    }
    previous = expected;
  }

  return {
    verifyChunk(pieces: readonly Uint8Array[], signature: string | undefined): void {
      const hash = createHash('sha256');
      for (const piece of pieces) hash.update(piece);
      follow('PAYLOAD', signature, sha256Hex(''), hash.digest('hex'));
    },
    verifyTrailer(trailers: ReadonlyMap<string, string>): void {
      if (!hasTrailer) return;
      const signed = [...trailers].filter(([name]) => name !== 'x-amz-trailer-signature');
      const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
      follow('TRAILER', trailers.get('x-amz-trailer-signature'), sha256Hex(lines));
    },
  };
}
