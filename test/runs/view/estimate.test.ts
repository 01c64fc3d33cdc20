import { describe, expect, it } from 'vitest';
import type { ShardPlan } from '../../../src/runs/shards/shard-plan.ts';
import { NO_PROGRESS } from '../../../src/runs/shards/shard-state.ts';
import { estimate } from '../../../src/runs/view/estimate.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';

const MIB = 1024 * 1024;

const planOf = (shards: number, done = 0): ShardPlan => ({
  lanes: 1,
  done: NO_PROGRESS,
  shards: Array.from({ length: shards }, (_, number) => ({ number, range: {}, ...(number < done && { isDone: true as const }) })),
});
const known = (objects: number): ShardPlan => ({ ...planOf(1), expected: { objects, bytes: 0 } });
const listed = (count: number, copiedBytes = 0) => ({ ...NO_COUNTS, listed: count, copiedBytes });

describe('the time that a run still takes', () => {
  it('goes by the objects, where all of them are known', () => {
    expect(estimate({ plan: known(400), counts: listed(100), largeObjects: [], seconds: 10 })).toBe(30);
  });

  it('goes by the shards where they are not', () => {
    expect(estimate({ plan: planOf(8, 2), counts: listed(100), largeObjects: [], seconds: 10 })).toBe(30);
  });

  it('is not less than the large objects under way need', () => {
    const largeObjects = [{ sizeBytes: 100 * MIB, percent: 25 }];

    expect(estimate({ plan: known(10), counts: listed(9, 25 * MIB), largeObjects, seconds: 10 })).toBe(15);
  });

  it('is nothing at the end, and for a source with nothing in it', () => {
    expect(estimate({ plan: known(10), counts: listed(10), largeObjects: [], seconds: 10 })).toBe(0);
    expect(estimate({ plan: known(0), counts: listed(0), largeObjects: [], seconds: 1 })).toBe(0);
  });

  it('cannot be told while hardly anything is done, or a large object stands still', () => {
    expect(estimate({ plan: known(1_000), counts: listed(10), largeObjects: [], seconds: 10 })).toBeUndefined();
    expect(estimate({ plan: planOf(8), counts: listed(100), largeObjects: [], seconds: 10 })).toBeUndefined();
    expect(estimate({ plan: known(1), counts: listed(0), largeObjects: [{ sizeBytes: MIB, percent: 0 }], seconds: 10 })).toBeUndefined();
  });
});
