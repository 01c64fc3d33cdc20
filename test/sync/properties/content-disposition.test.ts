import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiDisposition } from '../../../src/sync/properties/content-disposition.ts';
import { isHeaderText } from '../../../src/sync/properties/header-text.ts';

describe('a Content-Disposition', () => {
  it.each([
    ['inline', 'inline'],
    ['attachment; filename="plain.pdf"', 'attachment; filename="plain.pdf"'],
    ['attachment; filename="résumé.pdf"', `attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`],
    ['attachment; filename=résumé.pdf', `attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`],
    ['attachment;FileName="é"; size=3', `attachment; filename="_"; filename*=UTF-8''%C3%A9; size=3`],
    [String.raw`attachment; filename="a\"é;b.txt"`, String.raw`attachment; filename="a\"_;b.txt"; filename*=UTF-8''a%22%C3%A9%3Bb.txt`],
    [`attachment; filename="日本.txt"; filename*=UTF-8''x.txt`, `attachment; filename="__.txt"; filename*=UTF-8''x.txt`],
    ['attachment; filename="it\'s (é).txt"', `attachment; filename="it's (_).txt"; filename*=UTF-8''it%27s%20%28%C3%A9%29.txt`],
    ['attachment; filename="😀.txt"', `attachment; filename="_.txt"; filename*=UTF-8''%F0%9F%98%80.txt`],
    [
      '=?UTF-8?Q?attachment;_filename=3D"r=C3=A9sum=C3=A9.pdf"?=',
      `attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`,
    ],
    ['=?UTF-8?B?w6k=?=', '=?UTF-8?B?w6k=?='],
    ['attachment; name="é"', 'attachment; name="é"'],
    ['é', 'é'],
  ])('%s is carried as %s', (given, expected) => {
    expect(asciiDisposition(given)).toBe(expected);
  });

  it('has the file name, whatever that is, in its extended form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (name) => {
        const given = `attachment; filename="${name.replaceAll(/["\\]/g, '\\$&')}é"`;

        const carried = asciiDisposition(given);

        expect(isHeaderText(carried)).toBe(true);
        expect(decodeURIComponent(carried.split("filename*=UTF-8''")[1] ?? '')).toBe(`${name}é`);
      }),
    );
  });
});
