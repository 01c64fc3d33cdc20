import { describe, expect, it } from 'vitest';
import { holdBack } from '../../../src/sync/delete/deletion-guard.ts';

const GUARD = { maxCount: 10, maxPercent: 20, allowEmptySource: false };

describe('the guard of deletions', () => {
  it.each([
    ['nothing is extraneous', { listed: 0, extraneous: 0, atDestination: 0 }],
    ['as many as maxCount are extraneous', { listed: 100, extraneous: 10, atDestination: 100 }],
    ['just maxPercent of the destination is extraneous', { listed: 100, extraneous: 2, atDestination: 10 }],
  ])('lets go when %s', (_, counts) => {
    expect(holdBack(GUARD, counts)).toBeUndefined();
  });

  it.each([
    ['maxCount', { listed: 100, extraneous: 11, atDestination: 100 }],
    ['maxPercent', { listed: 100, extraneous: 3, atDestination: 14 }],
    ['allowEmptySource', { listed: 0, extraneous: 1, atDestination: 1_000 }],
  ])('holds all back by %s, and says so', (limit, counts) => {
    const reason = holdBack(GUARD, counts);

    expect(reason).toContain(`Nothing was deleted: ${counts.extraneous} of ${counts.atDestination} objects`);
    expect(reason).toContain(`delete.${limit}`);
  });

  it('lets an empty source empty the destination only when asked, and within the other limits', () => {
    const counts = { listed: 0, extraneous: 5, atDestination: 5 };

    expect(holdBack({ ...GUARD, allowEmptySource: true, maxPercent: 100 }, counts)).toBeUndefined();
    expect(holdBack({ ...GUARD, allowEmptySource: true }, counts)).toContain('delete.maxPercent');
  });
});
