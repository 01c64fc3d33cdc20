import { describe, expect, it } from 'vitest';
import { createFailureGrouper } from '../../../src/runs/report/failure-groups.ts';
import type { FailureCode } from '../../../src/sync/outcomes/receipt.ts';
import { failed } from '../../support/run-records.ts';

const EVERY_CODE = Object.keys({
  'not-found': true,
  'precondition-failed': true,
  'permission-denied': true,
  'credentials-expired': true,
  throttled: true,
  'checksum-mismatch': true,
  'invalid-key': true,
  'invalid-metadata': true,
  archived: true,
  'destination-archived': true,
  'upload-blocked': true,
  aborted: true,
  unavailable: true,
  rejected: true,
  'source-changed': true,
  'too-large': true,
  'key-collision': true,
} satisfies Record<FailureCode, true>) as FailureCode[];

function groupsOf(...failures: readonly (readonly [key: string, reason: FailureCode])[]) {
  const grouper = createFailureGrouper();
  for (const [key, reason] of failures) grouper.add({ ...failed(key, `${key} failed.`), reason });
  return grouper.groups();
}

describe('failures by reason', () => {
  it('are none when nothing failed', () => {
    expect(groupsOf()).toEqual([]);
  });

  it('are counted, with the first object of each as the example, the most frequent first', () => {
    const groups = groupsOf(['a', 'archived'], ['b', 'throttled'], ['c', 'throttled']);

    expect(groups).toMatchObject([
      { reason: 'throttled', objects: 2, example: { key: 'b', message: 'b failed.' } },
      { reason: 'archived', objects: 1, example: { key: 'a', message: 'a failed.' } },
    ]);
  });

  it.each(EVERY_CODE)('say what to do about %s, and nothing else does', (code) => {
    const all = groupsOf(...EVERY_CODE.map((reason) => ['a', reason] as const));

    const remedies = all.filter(({ reason }) => reason === code).map(({ remedy }) => remedy);

    expect(remedies).toEqual([expect.stringMatching(/^[A-Z].{20,}\.$/)]);
    expect(all.filter(({ remedy }) => remedy === remedies[0])).toHaveLength(1);
  });
});
