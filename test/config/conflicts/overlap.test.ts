import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAccount, isReverseOf, isSameRoute, overlaps } from '../../../src/config/conflicts/overlap.ts';
import { parseLocation } from '../../../src/config/locations.ts';

const BLOB = 'https://account.blob.core.windows.net';

const route = (source: string, destination: string) => ({ source: parseLocation(source), destination: parseLocation(destination) });

describe('two locations', () => {
  it.each([
    ['s3://bucket', 's3://bucket/'],
    ['s3://bucket', 's3://bucket/a'],
    ['s3://bucket/a', 's3://bucket/a/b'],
    [`${BLOB}/box`, `${BLOB}/box/a/b`],
    [`${BLOB}/$root`, `${BLOB}/$root/`],
    [`${BLOB}/box/%61`, `${BLOB}/box/a`],
    ['https://account-secondary.blob.core.windows.net/box', `${BLOB}/box`],
    ['http://localhost:10000/devstoreaccount1/box', 'http://127.0.0.1:10000/devstoreaccount1/box'],
    ['http://[::1]:80/devstoreaccount1/box', 'http://127.0.0.1/devstoreaccount1/box'],
  ])('overlap: %s and %s', (one, other) => {
    expect(overlaps(parseLocation(one), parseLocation(other))).toBe(true);
    expect(overlaps(parseLocation(other), parseLocation(one))).toBe(true);
  });

  it.each([
    ['s3://bucket/a', 's3://bucket/ab'],
    ['s3://bucket/a', 's3://bucket/b'],
    ['s3://bucket', 's3://bucket2'],
    ['s3://bucket/box', `${BLOB}/box`],
    [`${BLOB}/box`, `${BLOB}/box2`],
    [`${BLOB}/$root`, `${BLOB}/box`],
    [`${BLOB}/box`, 'https://account2.blob.core.windows.net/box'],
    [`${BLOB}/box`, 'https://account.blob.core.chinacloudapi.cn/box'],
    ['http://127.0.0.1:10000/devstoreaccount1/box', 'http://127.0.0.1:10001/devstoreaccount1/box'],
    ['http://127.0.0.1:10000/devstoreaccount1/box', 'http://127.0.0.1:10000/devstoreaccount2/box'],
  ])('do not overlap: %s and %s', (one, other) => {
    expect(overlaps(parseLocation(one), parseLocation(other))).toBe(false);
    expect(overlaps(parseLocation(other), parseLocation(one))).toBe(false);
  });
});

describe('an account as a setting has it', () => {
  it.each([
    'https://Account.blob.core.windows.net',
    'https://ACCOUNT.BLOB.core.windows.net:443/',
    'https://account.blob.core.windows.net//',
    'https://account-secondary.blob.core.windows.net/',
  ])('is the account of locations: %s', (setting) => {
    expect(canonicalAccount(setting)).toBe(canonicalAccount(BLOB));
  });

  it.each(['http://LOCALHOST:10000/devstoreaccount1/', 'http://[::1]:10000/devstoreaccount1'])('on this machine too: %s', (setting) => {
    expect(canonicalAccount(setting)).toBe(canonicalAccount('http://127.0.0.1:10000/devstoreaccount1'));
  });
});

describe('a job is the reverse of another', () => {
  it.each([
    [route('s3://bkt', `${BLOB}/con`), route(`${BLOB}/con`, 's3://bkt')],
    [route('s3://bkt/x', `${BLOB}/con/y`), route(`${BLOB}/con/y/`, 's3://bkt/x/')],
    // A part of what the other copies, at the same path on both sides.
    [route('s3://bkt/x', `${BLOB}/con/y`), route(`${BLOB}/con/y/2026`, 's3://bkt/x/2026')],
    [route('s3://bkt/2026', `${BLOB}/con/2026`), route(`${BLOB}/con`, 's3://bkt')],
    [route('s3://bkt', 'http://localhost:1/dev/box'), route('http://127.0.0.1:1/dev/box', 's3://bkt')],
  ])('when it copies back to where things came from: %j', (one, other) => {
    expect(isReverseOf(one, other)).toBe(true);
    expect(isReverseOf(other, one)).toBe(true);
    expect(isSameRoute(one, other)).toBe(false);
  });

  it.each([
    [route('s3://bkt', `${BLOB}/con`), route('s3://bkt', `${BLOB}/con`)],
    [route('s3://bkt', `${BLOB}/con`), route(`${BLOB}/con`, 's3://bkt2')],
    [route('s3://bkt', `${BLOB}/con`), route(`${BLOB}/con`, 's3://bkt/back')],
    [route('s3://bkt', `${BLOB}/con`), route(`${BLOB}/con/2026`, 's3://bkt')],
    [route('s3://bkt/x', `${BLOB}/con/y`), route(`${BLOB}/con/y/2026`, 's3://bkt/x/2027')],
    [route('s3://bkt/x/p', `${BLOB}/con`), route(`${BLOB}/con/p`, 's3://bkt/x')],
  ])('but not when keys would change: %j', (one, other) => {
    expect(isReverseOf(one, other)).toBe(false);
    expect(isReverseOf(other, one)).toBe(false);
  });

  it('exactly when a key comes back to where it was', () => {
    const prefix = fc.constantFrom('', 'a/', 'b/', 'a/b/', 'a/a/', 'b/a/', 'a/b/a/');
    fc.assert(
      fc.property(prefix, prefix, prefix, prefix, (from, to, backFrom, backTo) => {
        const one = route(`s3://b0b/${from}`, `${BLOB}/box/${to}`);
        const other = route(`${BLOB}/box/${backFrom}`, `s3://b0b/${backTo}`);
        // One deep enough for all prefixes.
        const deep = ['', 'a/', 'b/', 'a/b/', 'a/a/', 'b/a/', 'a/b/a/'].map((path) => `${path}key`);
        const returning = deep.filter((key) => {
          const copy = `${to}${key}`;
          return copy.startsWith(backFrom) && `${backTo}${copy.slice(backFrom.length)}` === `${from}${key}`;
        });

        expect(isReverseOf(one, other)).toBe(returning.length > 0);
      }),
    );
  });
});
