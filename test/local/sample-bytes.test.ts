import { describe, expect, it } from 'vitest';
import { sampleBytes } from '../../local/demo/sample-bytes.ts';

describe('the bytes of a sample', () => {
  it('are the same made whole or in pieces', () => {
    const whole = sampleBytes(7, 0, 96);

    const pieces = Buffer.concat([sampleBytes(7, 0, 32), sampleBytes(7, 32, 64)]);

    expect(pieces.equals(whole)).toBe(true);
  });

  it('are others in each sample', () => {
    expect(sampleBytes(1, 0, 32).equals(sampleBytes(2, 0, 32))).toBe(false);
  });
});
