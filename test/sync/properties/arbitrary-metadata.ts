import fc from 'fast-check';

const tokens = fc.stringMatching(/^[a-z0-9!#$%&'*+.^_`|~-]{1,30}$/);
const escapeLike = fc
  .array(fc.constantFrom('_', 'x', '_x002d_', '_x005f_', 'x0041', '-', '0', 'a', 'source_etag'), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(''));
const values = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('', ' ', '=?UTF-8?B?YQ==?=', '=?utf-8?q?a?='),
);

/** Any metadata that S3 can hold, with names that come near to those that we make. */
export const userMetadata = fc.dictionary(fc.oneof(tokens, escapeLike), values, { maxKeys: 5 });
