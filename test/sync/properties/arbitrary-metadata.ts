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

/** Those that parsers refuse or lose, and those that look like ours, or like ours when they are escaped. */
const hazardous = fc.constantFrom(
  ...['__proto__', 'prototype', 'constructor', '_', 'tostring', 'hasownproperty', 'source_etag', 'source-etag', 'original_key'],
  ...[
    'original-key',
    'crc64nvme',
    's3_expires',
    '_x0073_ource-etag',
    '_x005f_x0073_ource-etag',
    '_x0073_ource_etag',
    '_x005f_',
    '_x0041_b',
  ],
);

/** Any metadata that S3 can hold, with names that come near to those that we make. */
export const userMetadata = fc.dictionary(fc.oneof(tokens, escapeLike, hazardous), values, { maxKeys: 5 });
