import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeUnseen } from '../../src/text/unseen-characters.ts';

const DANGEROUS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

describe('characters that a terminal obeys or a reader does not see', () => {
  it('are written as their codes', () => {
    expect(escapeUnseen('a\u001b[2J\u009b\u2028\u202eb\u0000é\n')).toBe('a\\u001b[2J\\u009b\\u2028\\u202eb\\u0000é\n');
  });

  it('are in no line of JSON, which still means the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = escapeUnseen(JSON.stringify({ key: text }));

        expect(line).not.toMatch(DANGEROUS);
        expect(JSON.parse(line)).toEqual({ key: text });
      }),
    );
  });
});
