import { describe, expect, it } from 'vitest';
import { observeStore } from '../../../src/sync/flow/observe-store.ts';
import type { Store } from '../../../src/sync/store/store.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const upload = { key: 'k', sizeBytes: 3, id: '1', properties: { metadata: {} } };

/** Functions of a store that ask no service, or whose answer says nothing about the progress of a copy. */
const UNOBSERVED = ['refuseKey', 'escapeKey', 'findMisfits', 'abort', 'wantsMd5OfStreams', 'objects', 'put', 'keys', 'list', 'textOf'];

async function* pieces(count: number) {
  for (let n = 0; n < count; n++) yield Buffer.from('x');
}

describe('a store that is observed', () => {
  it('tells of each answer, whatever it was asked', async () => {
    const calls: string[] = [];
    const bare = createMemoryStore();
    const names = Object.entries(bare).flatMap(([name, value]) =>
      typeof value === 'function' && !UNOBSERVED.includes(name) ? [name] : [],
    );
    const answering = Object.fromEntries(names.map((name) => [name, async () => name]));
    const observed = observeStore({ ...bare, ...answering } as Store, () => void calls.push('answer'));

    for (const name of names) await (observed[name as keyof Store] as (...args: unknown[]) => Promise<unknown>)(upload, 1, pieces(0), {});

    expect(names.length).toBeGreaterThan(9);
    expect(calls).toHaveLength(names.length);
  });

  it('tells of pages as they come, and of pieces of a body that no buffer holds as they leave', async () => {
    let answers = 0;
    const bare: Store = {
      ...createMemoryStore(),
      list: () => pages(),
      async uploadStreamedPart(_upload, number, body) {
        return { number, sizeBytes: (await Array.fromAsync(body)).length };
      },
    };
    async function* pages(): AsyncGenerator<[]> {
      yield [];
      yield [];
    }
    const observed = observeStore(bare, () => void answers++);

    await Array.fromAsync(observed.list());
    const afterPages = answers;
    await observed.uploadStreamedPart(upload, 1, pieces(5), { sizeBytes: 5 });

    expect([afterPages, answers - afterPages]).toEqual([2, 5 + 1]);
  });

  it('does not tell of a request that failed', async () => {
    let answers = 0;
    const bare: Store = { ...createMemoryStore(), head: () => Promise.reject(new Error('no')) };

    await expect(observeStore(bare, () => void answers++).head('k')).rejects.toThrow('no');

    expect(answers).toBe(0);
  });
});
