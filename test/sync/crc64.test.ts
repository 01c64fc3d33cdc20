import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineCrc64, crc64, crc64FromBase64, crc64ToBase64, createRunningCrc64 } from '../../src/sync/store/crc64.ts';

const bytes = fc.uint8Array({ maxLength: 5_000 });

describe('CRC-64/NVME', () => {
  it.each([
    ['', 'AAAAAAAAAAA=', 'AAAAAAAAAAA='],
    ['a', 'jC+ERbTL/Dw=', 'PPzLtEWEL4w='],
    ['123456789', 'rosUhgp5mIg=', 'iJh5CoYUi64='],
    ['Hello World!', 'AuUcyF784aU=', 'peH8Xsgc5QI='],
  ])('of %j is what S3 and Azure Storage write, each in its own byte order', (text, s3, azure) => {
    const crc = crc64(Buffer.from(text));

    expect([crc64ToBase64(crc, 'big-endian'), crc64ToBase64(crc, 'little-endian')]).toEqual([s3, azure]);
  });

  it('of a whole follows from the CRCs of its pieces, empty ones included', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (pieces) => {
        const combined = pieces.reduce((crc, piece) => combineCrc64(crc, crc64(piece), piece.length), 0n);

        expect(combined).toBe(crc64(Buffer.concat(pieces)));
      }),
    );
  });

  it('of bytes that come piece by piece is that of the whole, also when several are under way', async () => {
    const running = await Promise.all([createRunningCrc64(), createRunningCrc64()]);

    for (const text of ['abc', '', 'defg']) {
      running[0].add(Buffer.from(text));
      running[1].add(Buffer.from(text.toUpperCase()));
    }

    expect(running.map((crc) => crc.digest())).toEqual([crc64(Buffer.from('abcdefg')), crc64(Buffer.from('ABCDEFG'))]);
  });

  it('is combined over long pieces as over short ones', () => {
    const long = Buffer.alloc(9_000_001, 7);
    const head = long.subarray(0, 3);
    const tail = long.subarray(3);

    expect(combineCrc64(crc64(head), crc64(tail), tail.length)).toBe(crc64(long));
  });

  it('survives being written and read in both byte orders', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.constantFrom('big-endian' as const, 'little-endian' as const),
        (crc, order) => {
          expect(crc64FromBase64(crc64ToBase64(crc, order), order)).toBe(crc);
        },
      ),
    );
  });

  it('is not read from what does not hold eight bytes', () => {
    expect(crc64FromBase64('AAAA', 'big-endian')).toBeUndefined();
  });
});
