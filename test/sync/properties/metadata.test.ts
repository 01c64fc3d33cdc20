import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobMetadata, s3Metadata, sourceEtagInBlobListing } from '../../../src/sync/properties/metadata.ts';
import { isStoreError } from '../../../src/sync/store/store-error.ts';
import { userMetadata } from './arbitrary-metadata.ts';

const url = 's3://bucket/key';
const BLOB_MARK = { source_etag: '"1"', crc64nvme: 'AAAAAAAAAAA=' };
/** Names may be such that they are lost in an object. */
const sorted = (metadata: object) => Object.entries(metadata).sort(([one], [other]) => (one < other ? -1 : 1));

/** The message of the refusal. */
function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isStoreError(error, 'invalid-metadata')) return error.message;
  }
  return 'accepted';
}

describe('metadata on Azure Blob Storage', () => {
  it('comes back as it was, whatever its names and values are', () => {
    fc.assert(
      fc.property(userMetadata, (user) => {
        const decoded = blobMetadata.decode(blobMetadata.encode({ user, own: BLOB_MARK }, url));

        expect(sorted(decoded.user)).toEqual(sorted(user));
        expect(decoded.own).toEqual(BLOB_MARK);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has only names that are C# identifiers and values that are printable ASCII', () => {
    fc.assert(
      fc.property(userMetadata, (user) => {
        const encoded = blobMetadata.encode({ user, own: {} }, url);

        for (const [name, value] of Object.entries(encoded)) {
          expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
          expect(['__proto__', 'prototype', 'constructor', '_']).not.toContain(name);
          expect(value).toMatch(/^[!-~]([ -~]*[!-~])?$/);
        }
      }),
    );
  });

  it.each([
    ['my-name', 'my_x002d_name'],
    ['1st', '_x0031_st'],
    ['a_x002d_b', 'a_x005f_x002d_b'],
    ['plain_name', 'plain_name'],
    ['source_etag', '_x0073_ource_etag'],
    ['prototype', '_x0070_rototype'],
    ['constructor', '_x0063_onstructor'],
    ['__proto__', '_x005f__proto__'],
    ['_', '_x005f_'],
  ])('escapes the name %s as %s', (name, stored) => {
    const encoded = blobMetadata.encode({ user: Object.fromEntries([[name, 'v']]), own: {} }, url);

    expect(encoded).toEqual({ [stored]: 'v' });
  });

  it('refuses more than 8 KB, our own included', () => {
    const user = { big: 'x'.repeat(8 * 1024 - 3) };

    expect(refusalOf(() => blobMetadata.encode({ user, own: {} }, url))).toBe('accepted');
    expect(refusalOf(() => blobMetadata.encode({ user, own: { source_etag: '"1"' } }, url))).toContain('the limit is 8192 bytes');
  });
});

describe('metadata on S3', () => {
  it('comes back as it was, whatever its names and values are', () => {
    fc.assert(
      fc.property(userMetadata, (user) => {
        const own = { 'source-etag': '"1"' };

        const decoded = s3Metadata.decode(s3Metadata.encode({ user, own }, url));

        expect(sorted(decoded.user)).toEqual(sorted(user));
        expect(decoded.own).toEqual(own);
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses more than 2 KB and names the object and the limit', () => {
    const refusal = refusalOf(() => s3Metadata.encode({ user: { big: 'x'.repeat(2_048) }, own: {} }, url));

    expect(refusal).toContain(url);
    expect(refusal).toContain('2051 bytes');
    expect(refusal).toContain('the limit is 2048 bytes');
  });

  it.each([
    ['source-etag', '_x0073_ource-etag'],
    ['crc64nvme', '_x0063_rc64nvme'],
    ['_x0073_ource-etag', '_x005f_x0073_ource-etag'],
    ['my-name', 'my-name'],
    ['_x0041_b', '_x0041_b'],
  ])('writes the name %s as %s', (name, stored) => {
    expect(s3Metadata.encode({ user: { [name]: 'v' }, own: {} }, url)).toEqual({ [stored]: 'v' });
  });

  it('keeps an empty value empty', () => {
    expect(s3Metadata.encode({ user: { blank: '' }, own: {} }, url)).toEqual({ blank: '' });
  });

  it('reads a value in UTF-8 that was taken for Latin-1', () => {
    expect(s3Metadata.decode({ city: Buffer.from('Zürich').toString('latin1') }).user).toEqual({ city: 'Zürich' });
  });

  it.each([
    ['base64', '=?UTF-8?B?w7xiZXI=?='],
    ['quoted-printable', '=?utf-8?Q?=C3=BCber?='],
    ['several words', '=?UTF-8?B?w7xi?= =?UTF-8?Q?er?='],
  ])('reads RFC 2047 values in %s', (_, stored) => {
    const { user } = s3Metadata.decode({ word: stored });

    expect(user).toEqual({ word: 'über' });
  });
});

describe.each([
  ['Blob', blobMetadata],
  ['S3', s3Metadata],
])('names and values that %s cannot hold', (_, codec) => {
  it('refuses two names that differ only in case', () => {
    expect(refusalOf(() => codec.encode({ user: { Owner: 'a', owner: 'b' }, own: {} }, url))).toContain('only in case');
  });

  it.each(['', 'with space', 'naïve', 'line\nbreak', 'colon:'])('refuses the name %j', (name) => {
    expect(refusalOf(() => codec.encode({ user: { [name]: 'v' }, own: {} }, url))).toContain('is not allowed');
  });

  it('refuses a value with half a character', () => {
    expect(refusalOf(() => codec.encode({ user: { half: '\ud800' }, own: {} }, url))).toContain('not valid Unicode');
  });

  it('gives names in lower case', () => {
    expect(codec.decode({ CamelCase: 'Value' }).user).toEqual({ camelcase: 'Value' });
  });
});

describe('names of ours', () => {
  it.each([
    [{ source_etag: 'mine', original_key: 'IMG_1.jpg' }],
    [{ source_etag: '"1"' }],
    [{ original_key: 'IMG_1.jpg' }],
    [{ crc64nvme: 'AAAAAAAAAAA=' }],
    [{ source_etag: '"1"', crc64nvme: 'not a checksum' }],
    [{ s3_expires: 'never' }],
  ])("without a whole mark are the user's on Blob Storage: %j", (stored) => {
    expect(blobMetadata.decode(stored)).toEqual({ user: stored, own: {} });
    expect(sourceEtagInBlobListing(stored)).toBeUndefined();
  });

  it.each([[{ 'source-etag': 'mine', 'original-key': 'IMG_1.jpg' }], [{ 'original-key': 'IMG_1.jpg' }], [{ crc64nvme: 'AAAAAAAAAAA=' }]])(
    "without a whole mark are the user's on S3: %j",
    (stored) => {
      expect(s3Metadata.decode(stored)).toEqual({ user: stored, own: {} });
    },
  );

  it('are ours in a whole mark, in any case', () => {
    const stored = { Source_Etag: '"1"', Crc64Nvme: 'AAAAAAAAAAA=', Original_Key: 'a.', Owner: 'jo' };

    expect(blobMetadata.decode(stored)).toEqual({ user: { owner: 'jo' }, own: { ...BLOB_MARK, original_key: 'a.' } });
    expect(sourceEtagInBlobListing(stored)).toBe('"1"');
  });

  it('are ours on S3 as earlier releases wrote them', () => {
    const own = { 'source-etag': '"0x8D"', 'original-key': 'a.' };

    expect(s3Metadata.decode({ ...own, crc64nvme: 'theirs' })).toEqual({ user: { crc64nvme: 'theirs' }, own });
  });
});

describe('names that others escaped', () => {
  it.each(['a_x0041_b', 'a_x0020_b', 'a_x003a_b', 'x_x0078_'])('stay as they are where we would not have written them so: %s', (name) => {
    expect(blobMetadata.decode({ [name]: 'v' }).user).toEqual({ [name]: 'v' });
  });

  it('do not take the place of others', () => {
    const stored = { a_x005f_x0041_b: '1', a_x0041_b: '2' };

    expect(blobMetadata.decode(stored).user).toEqual(stored);
  });
});
