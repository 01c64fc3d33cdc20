import { describe, expect, it } from 'vitest';
import { decide, decideByHead } from '../../../src/sync/compare/decide.ts';
import type { ObjectEntry, ObjectHead } from '../../../src/sync/objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;

function entry(more: Partial<ObjectEntry> & { readonly at?: number } = {}): ObjectEntry {
  const { at = 0, ...rest } = more;
  return { key: 'k', sizeBytes: 10, etag: '"s"', lastModified: new Date(NOON + at * MINUTE), ...rest };
}

function head(more: Partial<ObjectHead> = {}): ObjectHead {
  return { sizeBytes: 10, etag: '"d"', lastModified: new Date(NOON), properties: { metadata: {} }, ...more };
}

const copy = (reason: string) => ({ action: 'copy', reason, condition: { ifMatch: '"d"' } });
const unchanged = { action: 'unchanged' };
const both = { action: 'ask-both' };
const ask = { action: 'ask-destination' };

describe('deciding whether an object is current', () => {
  it('copies what the destination lacks, and only while it lacks it', () => {
    expect(decide({ source: entry() }, 'auto')).toEqual({ action: 'copy', reason: 'missing', condition: 'if-absent' });
  });

  it('leaves alone what only the destination has', () => {
    expect(decide({ destination: entry() }, 'auto')).toEqual({ action: 'extraneous' });
  });

  it.each([
    ['sizes differ', { sizeBytes: 10 }, { sizeBytes: 11, sourceEtag: '"s"' }, copy('size-differs')],
    ['the mark names the listed version', {}, { sourceEtag: '"s"' }, unchanged],
    ['the mark names another version', { md5: 'aa' }, { sourceEtag: '"old"', md5: 'aa' }, copy('source-changed')],
    ['MD5s differ, and the destination is older', { md5: 'aa', at: 1 }, { md5: 'bb' }, copy('content-differs')],
    ['MD5s differ, but the destination was written later', { md5: 'aa' }, { md5: 'bb', at: 60 }, ask],
    ['MD5s are equal', { md5: 'aa' }, { md5: 'aa', at: 0 }, unchanged],
    ['MD5s are equal, but the source was written later', { md5: 'aa', at: 1 }, { md5: 'aa', at: 0 }, ask],
    ['only one side has an MD5, and the destination is older', { md5: 'aa', at: 1 }, {}, copy('source-newer')],
    ['the source is a copy of the destination', { sourceEtag: '"d"', at: 60 }, {}, unchanged],
    ['the source is a copy of the destination, by the MD5 too', { sourceEtag: '"d"', md5: 'aa', at: 60 }, { md5: 'aa' }, unchanged],
    ['the source is marked as a copy of the destination, but the MD5s differ', { sourceEtag: '"d"', md5: 'aa' }, { md5: 'bb' }, both],
    ['the source is a copy of what the destination was', { sourceEtag: '"before"', at: 60 }, {}, copy('source-newer')],
    ['the destination is older', { at: 1 }, {}, copy('source-newer')],
    ['the destination is as old as the source', {}, {}, ask],
    ['the destination is a little newer', {}, { at: 15 }, ask],
    ['the destination is clearly newer', {}, { at: 16 }, unchanged],
  ])('by proof: %s', (_, source, destination, decision) => {
    const pair = { source: entry(source), destination: entry({ etag: '"d"', ...destination }) };

    expect(decide(pair, 'auto')).toEqual(decision);
  });

  it('by size takes equal sizes as current, whatever else differs', () => {
    const pair = { source: entry({ at: 60, md5: 'aa' }), destination: entry({ etag: '"d"', md5: 'bb' }) };

    expect(decide(pair, 'size')).toEqual(unchanged);
  });

  it.each([
    ['takes equal MD5s as current, whatever else differs', { md5: 'aa', at: 60 }, { md5: 'aa' }, unchanged],
    ['asks both sides when the MD5s differ, since one may be none', { md5: 'aa' }, { md5: 'bb' }, { action: 'ask-both' }],
    ['asks both sides even when our mark names the listed version', {}, { sourceEtag: '"s"' }, { action: 'ask-both' }],
    ['copies when the sizes differ', {}, { sizeBytes: 11 }, copy('size-differs')],
  ])('by checksum %s', (_, source, destination, decision) => {
    const pair = { source: entry(source), destination: entry({ etag: '"d"', ...destination }) };

    expect(decide(pair, 'checksum')).toEqual(decision);
  });

  it('always copies when told so', () => {
    const pair = { source: entry(), destination: entry({ etag: '"d"', sourceEtag: '"s"' }) };

    expect(decide(pair, 'always')).toEqual(copy('always'));
  });
});

describe('deciding by the HEAD of the destination', () => {
  it.each([
    ['carries our mark of the listed version', head({ provenance: { sourceEtag: '"s"' } }), unchanged],
    ['carries our mark of another version', head({ provenance: { sourceEtag: '"old"' } }), copy('not-proved-current')],
    ['carries the mark, but has another size', head({ provenance: { sourceEtag: '"s"' }, sizeBytes: 1 }), copy('not-proved-current')],
    ['carries no mark', head(), copy('not-proved-current')],
    ['is gone', undefined, { action: 'copy', reason: 'missing', condition: 'if-absent' }],
  ])('one that %s', (_, destination, decision) => {
    expect(decideByHead(entry(), destination)).toEqual(decision);
  });
});
