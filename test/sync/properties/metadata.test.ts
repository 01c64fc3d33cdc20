import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobMetadata, s3Metadata } from '../../../src/sync/properties/metadata.ts';
import { isStoreError } from '../../../src/sync/store-error.ts';
import { userMetadata } from './arbitrary-metadata.ts';

const url = 's3://bucket/key';
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
        const own = { source_etag: '"1"', crc64nvme: 'AAAAAAAAAAA=' };

        const decoded = blobMetadata.decode(blobMetadata.encode({ user, own }, url));

        expect(decoded).toEqual({ user, own });
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
  ])('escapes the name %s as %s', (name, stored) => {
    const encoded = blobMetadata.encode({ user: { [name]: 'v' }, own: {} }, url);

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

        expect(decoded).toEqual({ user, own });
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

  it('refuses a name that it keeps for its own use', () => {
    const refusal = refusalOf(() => s3Metadata.encode({ user: { 'source-etag': 'theirs' }, own: {} }, url));

    expect(refusal).toContain('"source-etag"');
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
