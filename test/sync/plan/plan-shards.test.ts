import { describe, expect, it } from 'vitest';
import { type PlanRequest, planShards } from '../../../src/sync/plan/plan-shards.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const GIB = 1024 ** 3;

/** Plans a run between stores of so many empty objects. */
async function plan(sourceKeys: number, destinationKeys: number, more: Partial<PlanRequest> = {}) {
  const [source, destination] = [sourceKeys, destinationKeys].map((count) => {
    const store = createMemoryStore();
    for (let number = 0; number < count; number++) store.put(`k${String(number).padStart(5, '0')}`, '');
    return store;
  }) as [ReturnType<typeof createMemoryStore>, ReturnType<typeof createMemoryStore>];
  return planShards({ source, destination, lanes: 4, signal: new AbortController().signal, ...more });
}

describe('planning the shards of a run', () => {
  it('makes one of few objects, and knows how many they are', async () => {
    expect(await plan(3, 0)).toEqual({ ranges: [{}], lanes: 1, expected: { objects: 3, bytes: 0 } });
  });

  it('makes one of nothing', async () => {
    expect(await plan(0, 0)).toEqual({ ranges: [{}], lanes: 1, expected: { objects: 0, bytes: 0 } });
  });

  it('gives each lane about as many bytes of few objects that are large', async () => {
    const source = createMemoryStore();
    source.list = async function* () {
      yield ['a', 'b', 'c', 'd'].map((key) => ({ key, sizeBytes: 10 * GIB, etag: '"1"', lastModified: new Date(0) }));
    };

    const { ranges, lanes } = await plan(0, 0, { source, lanes: 2 });

    expect({ ranges, lanes }).toEqual({ ranges: [{ through: 'b' }, { after: 'b' }], lanes: 2 });
  });

  it('splits many objects into more shards than lanes, which together are all keys', async () => {
    const { ranges, lanes, expected } = await plan(12_000, 0, { lanes: 2 });

    expect(lanes).toBe(2);
    expect(ranges.length).toBeGreaterThan(2);
    expect(ranges.map(({ after }) => after)).toEqual([undefined, ...ranges.slice(0, -1).map(({ through }) => through)]);
    expect(ranges.at(-1)?.through).toBeUndefined();
    expect(expected).toBeUndefined();
  });

  it('leaves many objects whole for one lane', async () => {
    expect(await plan(12_000, 0, { lanes: 1 })).toEqual({ ranges: [{}], lanes: 1 });
  });

  it('asks for nothing outside the ranges that the run is about', async () => {
    const ranges = [{ through: 'k00001' }, { after: 'k05000', through: 'k05002' }];
    const filter = { passes: ({ key }: { key: string }) => key !== 'k05001', passesKey: () => true };

    expect(await plan(12_000, 0, { ranges, filter })).toEqual({ ranges, lanes: 1, expected: { objects: 3, bytes: 0 } });
  });

  it('splits each of the ranges that the run is about, where it has many objects', async () => {
    const { ranges, lanes } = await plan(20_000, 0, { ranges: [{ through: 'k09000' }, { after: 'k10000' }], lanes: 2 });

    expect(lanes).toBe(2);
    expect(ranges.length).toBeGreaterThan(2);
    expect(ranges.filter(({ after = '', through = '' }) => after < 'k10000' && through > 'k09000')).toEqual([]);
    expect(ranges.find(({ through }) => through === 'k09000')).toBeDefined();
    expect(ranges.find(({ after }) => after === 'k10000')).toBeDefined();
  });

  it('has no more than 256 shards, whatever the job says', async () => {
    const splitAt = Array.from({ length: 255 }, (_, number) => `b${String(number).padStart(3, '0')}`);

    const { ranges } = await plan(0, 0, { ranges: [{ through: 'a' }, { after: 'b', through: 'c' }, { after: 'd' }], splitAt });

    expect(ranges.length).toBeLessThanOrEqual(256);
    expect([ranges.at(0)?.after, ranges.at(-1)?.through]).toEqual([undefined, undefined]);
  });

  it('splits where the job says, in key order, without a request', async () => {
    const source = createMemoryStore();
    source.list = () => {
      throw new Error('Nothing is to be listed.');
    };

    const planned = await plan(0, 0, { source, splitAt: ['\u{1f600}', '\uffee', 'm', 'm'], lanes: 3 });

    const [first, second, third] = ['m', '\uffee', '\u{1f600}'];
    expect(planned).toEqual({
      ranges: [{ through: first }, { after: first, through: second }, { after: second, through: third }, { after: third }],
      lanes: 3,
    });
  });
});
