import { describe, expect, it } from 'vitest';
import { createChunkVerifier } from '../../../local/aws/auth/chunk-verifier.ts';
import { deriveSigningKey } from '../../../local/aws/auth/sign.ts';
import { decodeAwsChunked } from '../../../local/aws/s3/body/aws-chunked.ts';

// The example that AWS documents for signed chunks: 66,560 times "a", in chunks of 64 KiB.
const SCOPE = '20130524/us-east-1/s3/aws4_request';
const SEED = {
  signingKey: deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', SCOPE),
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  scope: SCOPE,
  timestamp: '20130524T000000Z',
};
const CHUNKS = [
  [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
  [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
  [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
] as const;

async function* inPieces(text: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
}

async function decodedBytes(body: string, pieceBytes: number): Promise<number> {
  const { content } = decodeAwsChunked(inPieces(body, pieceBytes), createChunkVerifier(SEED, { hasTrailer: false }));
  let count = 0;
  for await (const chunk of content) count += chunk.length;
  return count;
}

function encode(letter: string): string {
  return `${CHUNKS.map(([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${letter.repeat(size)}`).join('\r\n')}\r\n`;
}

describe('a body that is signed chunk by chunk', () => {
  it.each([1, 1000, 70_000])('is believed when every signature is right, arriving %i bytes at a time', async (pieceBytes) => {
    expect(await decodedBytes(encode('a'), pieceBytes)).toBe(66_560);
  });

  it('is refused when its bytes are not those that were signed', async () => {
    await expect(decodedBytes(encode('b'), 1000)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('is refused when a chunk has no signature', async () => {
    await expect(decodedBytes(encode('a').replace(/;chunk-signature=[0-9a-f]+/, ''), 1000)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});
