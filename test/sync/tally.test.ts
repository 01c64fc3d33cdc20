import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import { addCounts, type Counts, countsOf, countsOfReceipt, NO_COUNTS } from '../../src/sync/outcomes/tally.ts';

const ABOUT = { key: 'k', sizeBytes: 7, sourceEtag: '"s"', at: '2026-01-01T00:00:00.000Z', milliseconds: 1 };
const COPIED: Receipt = {
  ...ABOUT,
  ...{ action: 'copied', reason: 'missing', destinationEtag: '"d"', crc64nvme: 'AAAAAAAAAAA=', verified: 'crc64', way: 'streamed' },
};
const SKIPPED: Receipt = { ...ABOUT, action: 'skipped', reason: 'archived' };
const WOULD_COPY: Receipt = { ...ABOUT, action: 'would-copy', reason: 'missing' };
const FAILED: Receipt = { ...ABOUT, action: 'failed', reason: 'rejected', message: 'Not copied.' };
const PLACE = { key: 'k', isAtDestination: false };
const TASK = { entry: { key: 'k', sizeBytes: 7, etag: '"s"' }, decision: { action: 'ask-destination' } } as const;

describe('counting outcomes', () => {
  it.each([
    ['a copy', COPIED, { copied: 1, copiedBytes: 7 }],
    ['a skip', SKIPPED, { skipped: 1 }],
    ['a failure', FAILED, { failed: 1 }],
    ['a copy of a dry run', WOULD_COPY, { wouldCopy: 1, wouldCopyBytes: 7 }],
  ])('counts %s as listed too', (_, receipt, counts) => {
    expect(countsOf({ ...PLACE, kind: 'receipt', receipt })).toEqual({ ...NO_COUNTS, listed: 1, ...counts });
  });

  it('counts what is unchanged, and what only the destination has', () => {
    expect(countsOf({ ...PLACE, kind: 'unchanged' })).toEqual({ ...NO_COUNTS, listed: 1, unchanged: 1 });
    expect(countsOf({ ...PLACE, kind: 'extraneous' })).toEqual({ ...NO_COUNTS, extraneous: 1 });
    expect(countsOf({ ...PLACE, kind: 'filtered', isAtSource: true })).toEqual({ ...NO_COUNTS, filtered: 1 });
    expect(countsOf({ ...PLACE, kind: 'filtered', isAtSource: false })).toEqual(NO_COUNTS);
  });

  it('counts a large object when it has ended, and not when it is met', () => {
    expect(countsOf({ ...PLACE, kind: 'large', task: TASK })).toEqual(NO_COUNTS);
    expect(countsOfReceipt(COPIED)).toEqual({ ...NO_COUNTS, listed: 1, copied: 1, copiedBytes: 7 });
    expect(countsOfReceipt(undefined)).toEqual({ ...NO_COUNTS, listed: 1, unchanged: 1 });
  });

  it('adds to what was kept when a count did not exist', () => {
    const { filtered: _, ...before } = NO_COUNTS;

    expect(addCounts(before as Counts, { ...NO_COUNTS, filtered: 2 })).toEqual({ ...NO_COUNTS, filtered: 2 });
  });

  it('adds every count', () => {
    const names = Object.keys(NO_COUNTS);
    const times = (factor: number) => Object.fromEntries(names.map((name, index) => [name, factor * (index + 1)])) as unknown as Counts;

    expect(addCounts(times(1), times(1))).toEqual(times(2));
  });
});
