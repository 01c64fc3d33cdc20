import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBlobName, refuseBlobName } from '../../src/stores/blob/blob-keys.ts';
import { escapeS3Key, refuseS3Key } from '../../src/stores/s3/s3-keys.ts';
import { keyEscape, nameEscape } from '../../src/sync/store/escape.ts';

/** Keys of up to 1,024 bytes, in which what must be escaped, and what looks escaped, is frequent. */
const part = fc.oneof(
  fc.constantFrom('.', '..', '/', '\\', '_x002e_', '_x', 'x002e_', '_', 'a', '\u0000', '\u0085', '\ufffe', '\uffff', 'soap', '日', '😀'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const keys = fc
  .array(part, { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(''))
  .filter((key) => key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= 1_024);

describe.each([
  { store: 'Blob Storage', escapeKey: escapeBlobName, refuse: refuseBlobName },
  { store: 'S3', escapeKey: escapeS3Key, refuse: refuseS3Key },
])('the escaped keys of $store', ({ escapeKey, refuse }) => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(keyEscape.unescape(escapeKey(key))).toBe(key);
      }),
    );
  });

  it('are never those of another key', () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        expect(escapeKey(one) === escapeKey(other)).toBe(one === other);
      }),
    );
  });

  it('are held, unless they are too long', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(refuse(escapeKey(key)) ?? 'it is longer than').toMatch(/^it (is longer|has more) than/);
      }),
    );
  });

  it('are the keys themselves where nothing is to be escaped', () => {
    fc.assert(
      fc.property(keys, (key) => {
        if (refuse(key) === undefined && !keyEscape.looksEscaped(key)) expect(escapeKey(key)).toBe(key);
      }),
    );
  });
});

describe('escaping', () => {
  it.each([
    ['a.', 'a_x002e_'],
    ['a./b', 'a_x002e_/b'],
    ['..', '._x002e_'],
    ['a\\b', 'a_x005c_b'],
    ['\u0001', '_x0001_'],
    ['a_x002e_', 'a_x005f_x002e_'],
    ['_x002e.', '_x005f_x002e_x002e_'],
    ['v1.2/notes.txt', 'v1.2/notes.txt'],
    ['a//b', 'a//b'],
    ['photo_x1080.jpg', 'photo_x1080.jpg'],
    ['photo_x1080_.jpg', 'photo_x1080_.jpg'],
  ])('makes %j of %j for Blob Storage', (key, name) => {
    expect(escapeBlobName(key)).toBe(name);
  });

  it('of names may be of any character', () => {
    const escaped = nameEscape.escape('my-name_x1080', /-/);

    expect([escaped, nameEscape.unescape(escaped)]).toEqual(['my_x002d_name_x005f_x1080', 'my-name_x1080']);
  });

  it('leaves S3 all keys but one', () => {
    expect(['soap', 'soap/a', 'a.', '\\'].map(escapeS3Key)).toEqual(['_x0073_oap', 'soap/a', 'a.', '\\']);
  });
});
