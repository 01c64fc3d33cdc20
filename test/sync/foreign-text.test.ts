import { describe, expect, it } from 'vitest';
import { foreignText, onOneLine, wordsOf } from '../../src/sync/store/foreign-text.ts';

describe('a text that another system wrote', () => {
  it.each([
    ['It did not work.\nRequestId: 1', 'It did not work.'],
    ['\n  first\r\nsecond', 'first'],
    ['a\u2028b', 'a'],
    ['a\u202eb\u0007\u200bc', 'a b c'],
    ['see https://a/b?sig=secret&x=1 now', 'see https://a/b now'],
    ['HTTPS://A/B?X-Amz-Signature=secret', 'HTTPS://A/B'],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['<html><body>x', ''],
    ['\ufeff<?xml version="1.0"?>', ''],
    ['{"error": 1}', ''],
    ['', ''],
  ])('is fit for a message: %j', (text, expected) => expect(foreignText(text)).toBe(expected));

  it('keeps 1,000 characters, and takes no longer for a long text', () => {
    expect(foreignText('x'.repeat(10_000_000))).toHaveLength(1_000);
    expect(foreignText('http://'.repeat(1_000_000)).length).toBeLessThanOrEqual(1_000);
    expect(onOneLine(' \n'.repeat(1_000_000))).toBe('…');
  });

  it('is that of whatever was thrown', () => {
    expect([wordsOf(new Error('a\nb')), wordsOf('c'), wordsOf(undefined)]).toEqual(['a', 'c', 'undefined']);
  });
});
