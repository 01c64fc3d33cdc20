import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, formatLocation, isReadOnly, LocationError, parseLocation } from '../../src/config/locations.ts';

const ACCOUNT = 'https://account.blob.core.windows.net';

describe('reading a location', () => {
  it.each([
    ['s3://my-bucket', { kind: 's3', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/', { kind: 's3', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/a/b', { kind: 's3', bucket: 'my-bucket', prefix: 'a/b/' }],
    ['s3://my-bucket/a%20?#b/', { kind: 's3', bucket: 'my-bucket', prefix: 'a%20?#b/' }],
    [`${ACCOUNT}/box`, { kind: 'blob', accountUrl: ACCOUNT, container: 'box', prefix: '' }],
    [`${ACCOUNT}/box/a%20b/%3Fc`, { kind: 'blob', accountUrl: ACCOUNT, container: 'box', prefix: 'a b/?c/' }],
    [`${ACCOUNT}/$web/`, { kind: 'blob', accountUrl: ACCOUNT, container: '$web', prefix: '' }],
    [
      'http://127.0.0.1:10000/devstoreaccount1/box/a',
      { kind: 'blob', accountUrl: 'http://127.0.0.1:10000/devstoreaccount1', container: 'box', prefix: 'a/' },
    ],
    [
      'https://account.z12.blob.storage.azure.net/box',
      { kind: 'blob', accountUrl: 'https://account.z12.blob.storage.azure.net', container: 'box', prefix: '' },
    ],
    [
      'https://account.blob.core.windows.net/$logs/blob',
      { kind: 'blob', accountUrl: 'https://account.blob.core.windows.net', container: '$logs', prefix: 'blob/' },
    ],
  ])('takes %s apart', (text, expected) => {
    expect(parseLocation(text)).toEqual(expected);
  });

  it.each([
    ['', 'is not a location'],
    ['my-bucket/a', 'is not a location'],
    ['ftp://my-bucket/a', 'is not a location'],
    ['s3://My_Bucket/a', 'no valid bucket name'],
    ['s3://', 'no valid bucket name'],
    [`${ACCOUNT}/Box`, 'no valid container name'],
    [ACCOUNT, 'no valid container name'],
    ['https://example.com/box', 'is not on Azure Blob Storage'],
    ['https://account.blob.core.windows.net.example.com/box', 'is not on Azure Blob Storage'],
    ['http://account.blob.core.windows.net/box', 'is not on Azure Blob Storage'],
    ['s3://my-bucket/a\u000bb', 'has a control character'],
    ['s3://my-bucket/a\ud800', 'has a control character'],
    [`${ACCOUNT}/box/%00`, 'has a control character'],
    [`${ACCOUNT}/box/a%EF%BF%BF`, 'has a control character'],
    [`${ACCOUNT}/box/a\\b`, 'a backslash in its prefix'],
    [`${ACCOUNT}/box/a%5Cb`, 'a backslash in its prefix'],
    [`${ACCOUNT}/box/a./b`, 'a part that ends with a dot'],
    ['http://127.0.0.1:010000/devstoreaccount1/box', 'is not on Azure Blob Storage'],
    [`${ACCOUNT}/box/100%`, 'Write a percent sign as %25'],
    ['s3://my-bucket/a/../b', '"." or ".." between slashes'],
    ['s3://my-bucket/..', '"." or ".." between slashes'],
    [`${ACCOUNT}/box/./a`, '"." or ".." between slashes'],
    [`${ACCOUNT}/box/%2e%2E/a`, '"." or ".." between slashes'],
  ])('refuses %j and says why', (text, why) => {
    const read = () => parseLocation(text);

    expect(read).toThrow(LocationError);
    expect(read).toThrow(why);
  });

  it.each([
    `${ACCOUNT}/box?sv=2024&sig=planted`,
    `${ACCOUNT}/box/a#planted`,
    `${ACCOUNT}?sig=planted`,
    'https://example.com/box?sig=planted',
    'https://user:planted@account.blob.core.windows.net/box',
    'ftp://user:planted@example.com/box?sig=planted',
    'account.blob.core.windows.net/box?sig=planted',
  ])('does not repeat what may be a secret: %s', (text) => {
    const read = () => parseLocation(text);

    expect(read).toThrow(LocationError);
    expect(read).not.toThrow(/planted/);
  });

  it('gives back every location that was written in the canonical form', () => {
    const prefix = fc
      .array(
        fc
          .string({ unit: 'grapheme', minLength: 1 })
          .filter((text) => text !== '.' && text !== '..' && !/[/\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text)),
      )
      .map((parts) => parts.map((part) => `${part}/`).join(''));
    const blobPrefix = prefix.filter((text) => !/\\|\.\//.test(text));
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9]{2,20}$/);
    const location = fc.oneof(
      fc.record({ kind: fc.constant('s3' as const), bucket: name, prefix }),
      fc.record({ kind: fc.constant('blob' as const), accountUrl: fc.constant(ACCOUNT), container: name, prefix: blobPrefix }),
    );

    fc.assert(
      fc.property(location, (given) => {
        expect(parseLocation(formatLocation(given))).toEqual(given);
      }),
    );
  });
});

describe('containment of locations', () => {
  it.each([
    ['s3://bucket', 's3://bucket/a', true],
    ['s3://bucket/a', 's3://bucket/a', true],
    ['s3://bucket/a', 's3://bucket', false],
    ['s3://bucket/a', 's3://bucket/ab', false],
    ['s3://bucket', 's3://bucket2', false],
    [`${ACCOUNT}/box`, `${ACCOUNT}/box/a`, true],
    [`${ACCOUNT}/box`, 'https://other.blob.core.windows.net/box/a', false],
    [`${ACCOUNT}/box`, 's3://box/a', false],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(contains(parseLocation(outer), parseLocation(inner))).toBe(expected);
  });
});

describe('a container that Azure alone writes', () => {
  it.each(['$logs', '$blobchangefeed'])('is known: %s', (container) => {
    expect(isReadOnly(parseLocation(`${ACCOUNT}/${container}`))).toBe(true);
  });

  it('is each of a read-only endpoint', () => {
    expect(isReadOnly(parseLocation('https://account-secondary.blob.core.windows.net/box'))).toBe(true);
  });

  it.each(['$root', '$web', 'logs'])('is no other: %s', (container) => {
    expect(isReadOnly(parseLocation(`${ACCOUNT}/${container}`))).toBe(false);
  });
});
