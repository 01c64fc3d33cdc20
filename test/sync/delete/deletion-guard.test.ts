import { describe, expect, it } from 'vitest';
import { reasonNotToDelete } from '../../../src/sync/delete/deletion-guard.ts';
import { countUncopied } from '../../../src/sync/delete/uncopied.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';

const GUARD = { maxCount: 10, maxPercent: 20, allowEmptySource: false };

const COPIED = { uncopied: {} };

describe('the guard of deletions', () => {
  it.each([
    ['nothing is extraneous', { listed: 0, extraneous: 0, atDestination: 0 }],
    ['as many as maxCount are extraneous', { listed: 100, extraneous: 10, atDestination: 100 }],
    ['just maxPercent of the destination is extraneous', { listed: 100, extraneous: 2, atDestination: 10 }],
  ])('lets go when %s', (_, counts) => {
    expect(reasonNotToDelete(GUARD, { ...counts, ...COPIED })).toBeUndefined();
  });

  it.each([
    ['maxCount', { listed: 100, extraneous: 11, atDestination: 100 }],
    ['maxPercent', { listed: 100, extraneous: 3, atDestination: 14 }],
    ['allowEmptySource', { listed: 0, extraneous: 1, atDestination: 1_000 }],
  ])('holds all back by %s, and says so', (limit, counts) => {
    const reason = reasonNotToDelete(GUARD, { ...counts, ...COPIED });

    expect(reason).toContain(`Nothing was deleted: ${counts.extraneous} of ${counts.atDestination} objects`);
    expect(reason).toContain(`delete.${limit}`);
  });

  it('lets an empty source empty the destination only when asked, and within the other limits', () => {
    const counts = { listed: 0, extraneous: 5, atDestination: 5, ...COPIED };

    expect(reasonNotToDelete({ ...GUARD, allowEmptySource: true, maxPercent: 100 }, counts)).toBeUndefined();
    expect(reasonNotToDelete({ ...GUARD, allowEmptySource: true }, counts)).toContain('delete.maxPercent');
  });

  it('holds all back while objects could not be copied, counts the reasons, and says what to do', () => {
    const counts = { listed: 9, extraneous: 1, atDestination: 9, uncopied: { archived: 1, 'invalid-metadata': 2 } };

    expect(reasonNotToDelete(GUARD, counts)).toBe(
      'Nothing was deleted: 1 of 9 objects at the destination are not at the source, but 3 objects of the source could not be copied (invalid-metadata: 2, archived: 1). What would be deleted may be the last copy of such an object, under an earlier name. Cure that and start the run again; if they are to go all the same, set delete.despiteFailures.',
    );
    expect(reasonNotToDelete({ ...GUARD, despiteFailures: true }, counts)).toBeUndefined();
    expect(reasonNotToDelete({ ...GUARD, despiteFailures: true, maxPercent: 5 }, counts)).toContain('delete.maxPercent');
  });
});

/** Every kind of receipt that a comparison leaves, and whether its object lacks a copy that it should have. */
const KINDS: readonly [string, string | undefined, boolean][] = [
  ['copied', 'missing', false],
  ['would-copy', 'missing', false],
  ['extraneous', undefined, false],
  ...[
    ...['not-found', 'precondition-failed', 'permission-denied', 'checksum-mismatch', 'invalid-key', 'invalid-metadata', 'key-collision'],
    ...['archived', 'unavailable', 'rejected', 'source-changed', 'too-large', 'a reason of a later release'],
  ].map((reason): [string, string, boolean] => ['failed', reason, true]),
  ...['archived', 'restore-requested', 'restoring', 'restore-budget', 'would-restore', 'a reason of a later release'].map(
    (reason): [string, string, boolean] => ['skipped', reason, true],
  ),
  ...['source-gone', 'exists', 'destination-newer', 'destination-edited', 'folder-marker'].map((reason): [string, string, boolean] => [
    'skipped',
    reason,
    false,
  ]),
];

describe('what lacks a copy', () => {
  it.each(KINDS)('is told by the receipt: %s %s', async (action, reason, isLacking) => {
    expect(await countUncopied(receiptsOf([[action, reason]]))).toEqual(isLacking ? { [`${reason}`]: 1 } : {});
  });

  it('holds deletions back, in any mixture of receipts, exactly when there is any', async () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 2_000; round++) {
      const chosen = Array.from({ length: random(6) }, () => random(KINDS.length)).flatMap((kind) => KINDS.slice(kind, kind + 1));
      const counts = { listed: chosen.length + 1, extraneous: random(3), atDestination: 100 };

      const uncopied = await countUncopied(receiptsOf(chosen.map(([action, reason]) => [action, reason])));

      const isLacking = chosen.some(([, , lacks]) => lacks);
      const name = JSON.stringify({ chosen, counts });
      expect(reasonNotToDelete(GUARD, { ...counts, uncopied }) !== undefined, name).toBe(counts.extraneous > 0 && isLacking);
      expect(reasonNotToDelete({ ...GUARD, despiteFailures: true }, { ...counts, uncopied }), name).toBeUndefined();
    }
  });
});

async function* receiptsOf(all: readonly (readonly [string, string | undefined])[]): AsyncGenerator<Receipt> {
  for (const [action, reason] of all) yield { key: 'k', action, ...(reason && { reason }) } as Receipt;
}
