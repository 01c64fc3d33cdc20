import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../src/sync/store/key-order.ts';

const key = fc.string({ unit: 'grapheme', maxLength: 8 });

describe('the order of keys', () => {
  it('is the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['\u{1F600}', '\uFFFD', 1],
    ['\uE000', '\uD7FF', 1],
    ['foo', 'foo/bar', -1],
    ['a', 'a', 0],
  ])('puts %j against %j as their bytes are', (a, b, sign) => {
    const order = Math.sign(compareKeys(a, b));

    expect(order).toBe(sign);
  });
});
