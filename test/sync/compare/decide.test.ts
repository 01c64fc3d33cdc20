import { describe, expect, it } from 'vitest';
import { decide, decideByHead } from '../../../src/sync/compare/decide.ts';
import { printOf } from '../../../src/sync/pairs/proved-pair.ts';
import type { ObjectEntry, ObjectHead } from '../../../src/sync/store/objects.ts';

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
const bothOrMark = { action: 'ask-both', acceptsMark: true };
const properties = { action: 'ask-properties' };
const ask = (reason = 'not-proved-current') => ({ action: 'ask-destination', reason });

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
    ['the mark names the listed version, but the source was written later', { at: 1 }, { sourceEtag: '"s"' }, properties],
    ['the mark names the listed version, but the MD5s differ', { md5: 'aa' }, { sourceEtag: '"s"', claimedMd5: 'bb' }, both],
    ['the mark names another version', { md5: 'aa' }, { sourceEtag: '"old"', claimedMd5: 'aa' }, copy('source-changed')],
    ['MD5s differ, and the destination is older', { md5: 'aa', at: 1 }, { claimedMd5: 'bb' }, copy('content-differs')],
    ['MD5s differ, but the destination was written later', { md5: 'aa' }, { claimedMd5: 'bb', at: 60 }, ask('content-differs')],
    ['MD5s are equal, though one may be anything', { md5: 'aa' }, { claimedMd5: 'aa', at: 0 }, bothOrMark],
    ['MD5s are equal, but the source was written later', { md5: 'aa', at: 1 }, { claimedMd5: 'aa', at: 0 }, ask()],
    ['only one side has an MD5, and the destination is older', { md5: 'aa', at: 1 }, {}, copy('source-newer')],
    ['the source is a copy of the destination', { sourceEtag: '"d"', at: 60 }, {}, unchanged],
    ['the source is a copy of the destination, by the MD5 too', { sourceEtag: '"d"', claimedMd5: 'aa', at: 60 }, { md5: 'aa' }, unchanged],
    [
      'the source is marked as a copy of the destination, but the MD5s differ',
      { sourceEtag: '"d"', claimedMd5: 'aa' },
      { md5: 'bb' },
      both,
    ],
    ['the source is a copy of what the destination was', { sourceEtag: '"before"', at: 60 }, {}, copy('source-newer')],
    ['the destination is older', { at: 1 }, {}, copy('source-newer')],
    ['the destination is as old as the source', {}, {}, ask()],
    ['the destination is newer, by however much', {}, { at: 60 * 24 }, ask()],
  ])('without an earlier proof: %s', (_, source, destination, decision) => {
    const pair = { source: entry(source), destination: entry({ etag: '"d"', ...destination }) };

    expect(decide(pair, 'auto')).toEqual(decision);
  });

  /** What both sides were when they were proved equal. */
  const before = { source: entry(), destination: entry({ etag: '"d"' }) };
  const proved = { key: 'k', source: printOf(before.source), destination: printOf(before.destination) };
  const other = { etag: '"other"' };
  const conflict = { action: 'copy', reason: 'both-changed', condition: { ifMatch: '"other"' } };

  it.each([
    ['both are the versions that were proved', {}, {}, unchanged],
    ['both are, although MD5s and times speak against it', { md5: 'aa' }, { claimedMd5: 'bb', at: -60 }, unchanged],
    ['the source changed', other, {}, { ...copy('source-changed'), ignoresSourceMark: true }],
    ['the source changed, and has another size', { ...other, sizeBytes: 11 }, {}, { ...copy('size-differs'), ignoresSourceMark: true }],
    ['the same bytes were written again at the source', { at: 1 }, {}, properties],
    ['the destination changed', {}, other, { ...ask('destination-changed'), needsChecksum: true }],
    [
      'the destination changed, under our mark',
      {},
      { ...other, sourceEtag: '"old"' },
      { ...ask('destination-changed'), needsChecksum: true },
    ],
    ['the destination changed, and has another size', {}, { ...other, sizeBytes: 11 }, { ...conflict, reason: 'destination-changed' }],
    ['the destination changed, and the source has other headers', { at: 1 }, other, conflict],
    ['both changed', { etag: '"new"' }, other, ask('both-changed')],
    ['both changed, and have different sizes', { etag: '"new"', sizeBytes: 11 }, other, conflict],
    ['both changed, since the source was copied', { etag: '"new"' }, { ...other, sourceEtag: '"new"' }, unchanged],
    ['both changed, since the destination was copied', { etag: '"new"', sourceEtag: '"other"' }, other, unchanged],
  ])('after an earlier proof: %s', (_, source, destination, decision) => {
    const pair = { source: entry(source), destination: entry({ etag: '"d"', ...destination }), proved };

    expect(decide(pair, 'auto')).toEqual(decision);
  });

  it('asks nothing about times that no listing had shown yet when both were proved equal', () => {
    const { modifiedAt: _, ...source } = proved.source;

    expect(decide({ ...before, source: entry({ at: 5 }), proved: { ...proved, source } }, 'auto')).toEqual(unchanged);
  });

  it('by size takes equal sizes as current, whatever else differs', () => {
    const pair = { source: entry({ at: 60, md5: 'aa' }), destination: entry({ etag: '"d"', claimedMd5: 'bb' }) };

    expect(decide(pair, 'size')).toEqual(unchanged);
  });

  it.each([
    ['asks both sides even when the MD5s are equal, since one may be anything', { md5: 'aa' }, { claimedMd5: 'aa' }, both],
    ['asks both sides when the MD5s differ', { md5: 'aa' }, { claimedMd5: 'bb' }, both],
    ['asks both sides even when our mark names the listed version', {}, { sourceEtag: '"s"' }, both],
    ['copies when the sizes differ', {}, { sizeBytes: 11 }, copy('size-differs')],
  ])('by checksum %s', (_, source, destination, decision) => {
    const pair = { source: entry(source), destination: entry({ etag: '"d"', ...destination }) };

    expect(decide(pair, 'checksum')).toEqual(decision);
  });

  it('by checksum asks nothing about the versions that were proved before, and both sides about any other', () => {
    expect(decide({ ...before, proved }, 'checksum')).toEqual(unchanged);
    expect(decide({ ...before, source: entry(other), proved }, 'checksum')).toEqual({ ...both, ignoresSourceMark: true });
  });

  it('always copies when asked to', () => {
    const pair = { source: entry(), destination: entry({ etag: '"d"', sourceEtag: '"s"' }), proved };

    expect(decide(pair, 'always')).toEqual(copy('always'));
  });
});

describe('deciding by the HEAD of the destination', () => {
  const mark = { sourceEtag: '"s"', crc64: 7n };
  const current = { action: 'unchanged' };

  it.each([
    ['carries our mark of the listed version', head({ provenance: { sourceEtag: '"s"' } }), current],
    ['carries our mark, and the bytes that it names', head({ provenance: mark, crc64: 7n }), current],
    ['carries our mark on other bytes', head({ provenance: mark, crc64: 8n }), copy('not-proved-current')],
    ['carries our mark of another version', head({ provenance: { sourceEtag: '"old"' } }), copy('not-proved-current')],
    ['carries the mark, but has another size', head({ provenance: { sourceEtag: '"s"' }, sizeBytes: 1 }), copy('not-proved-current')],
    ['carries no mark', head(), copy('not-proved-current')],
    ['is gone', undefined, { action: 'copy', reason: 'missing', condition: 'if-absent' }],
  ])('one that %s', (_, destination, decision) => {
    expect(decideByHead(entry(), destination)).toMatchObject(decision);
  });

  it.each([
    ['the mark alone', head({ provenance: mark }), copy('destination-changed')],
    ['the bytes that the mark names', head({ provenance: mark, crc64: 7n }), current],
    ['other bytes under the mark', head({ provenance: mark, crc64: 8n }), copy('destination-changed')],
    ['a mark without a checksum', head({ provenance: { sourceEtag: '"s"' }, crc64: 7n }), copy('destination-changed')],
  ])('one that was rewritten, by the checksum of the service: %s', (_, destination, decision) => {
    expect(decideByHead(entry(), destination, { reason: 'destination-changed', needsChecksum: true })).toMatchObject(decision);
  });
});
