import { describe, expect, it } from 'vitest';
import { parseOutsideJson, shortened } from '../../src/text/outside-text.ts';

describe('JSON from outside', () => {
  it('is read as it is, with brackets and escaped quotes in its texts', () => {
    const value = { a: ['[[[['.repeat(20), { b: '\\"{{' }], c: { d: [[[1]]] }, e: null };

    expect(parseOutsideJson(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['[', 'is not valid JSON: it has 1 characters'],
    ['[{"source": sig=planted', 'is not valid JSON'],
    ['" "planted', 'is not valid JSON at position'],
    // Of 10 MB each: a parser that answers in square time would not end.
    ['['.repeat(10_000_000), 'has brackets nested more than 32 deep'],
    ['{"a":'.repeat(2_000_000), 'has brackets nested more than 32 deep'],
    [`{"a":["${'x'.repeat(16_385)}"]}`, 'has a text of more than 16384 characters in a[0]'],
    [`{"${'x'.repeat(16_385)}":1}`, 'has a name of more than 16384 characters'],
    [`{"a":{"b":[${'1,'.repeat(500)}1]}}`, 'has 501 entries in a.b, more than 500'],
    [JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [index, 1]))), 'has 501 entries, more than 500'],
  ])('is refused, and not repeated: %#', (text, message) => {
    expect(() => parseOutsideJson(text)).toThrow(message);
    expect(() => parseOutsideJson(text)).not.toThrow('planted');
  });
});

describe('problems', () => {
  it('are told up to twenty, each short enough to be read', () => {
    const told = shortened(Array.from({ length: 50_000 }, () => 'x'.repeat(5_000)));

    expect(told).toHaveLength(21);
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThanOrEqual(1_001);
    expect(told.at(-1)).toContain('49980 more problems');
  });

  it('are told as they are when they are few', () => {
    expect(shortened(['a', 'b'])).toEqual(['a', 'b']);
  });
});
