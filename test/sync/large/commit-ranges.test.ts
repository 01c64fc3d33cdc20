import { describe, expect, it } from 'vitest';
import { present } from '../../../src/sync/store/present.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { begin, commit, copyAll, copyRanges, inverted, put, setUp, taskFor } from '../../support/stores/large-objects.ts';
import type { MemoryStore } from '../../support/stores/memory-store.ts';

/** Changes the bytes of one read, which counts from 1, on their way. */
function damageRead(source: MemoryStore, damaged: number): void {
  const { read } = source;
  let reads = 0;
  source.read = async (...args) => {
    const answer = await read(...args);
    return ++reads === damaged ? { ...answer, body: inverted(answer.body) } : answer;
  };
}

describe('committing a large object', () => {
  it('is recognised as done when it is called again', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const ranges = await copyRanges(ends, object);

    const first = await commit(ends, object, ranges);
    const second = await commit(ends, object, ranges);

    const { etag } = present(ends.destination.objects.get('k'), 'k');
    for (const result of [first, second]) {
      expect(result).toMatchObject({ step: 'ended', receipt: { action: 'copied', destinationEtag: etag, verified: 'crc64' } });
    }
  });

  it('may run twice at once', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const ranges = await copyRanges(ends, object);

    const both = await Promise.all([commit(ends, object, ranges), commit(ends, object, ranges)]);

    expect(both).toMatchObject(Array(2).fill({ step: 'ended', receipt: { action: 'copied' } }));
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('begins anew when the source was written after the last range, be it with the same bytes, and leaves the destination as it was', async () => {
    const ends = setUp();
    put(ends.source, 95);
    ends.destination.put('k', 'before');
    const object = await begin(ends, taskFor(ends));
    const ranges = await copyRanges(ends, object);
    put(ends.source, 95);

    const result = await commit(ends, object, ranges);

    expect(result).toEqual({ step: 'again' });
    expect(ends.destination.textOf('k')).toBe('before');
    expect(await ends.destination.listParts(object.upload)).toEqual([]);
  });

  it('begins anew when somebody wrote the destination meanwhile, and replaces that once it has seen it', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const task = taskFor(ends);
    const object = await begin(ends, task);
    const ranges = await copyRanges(ends, object);
    ends.destination.put('k', 'somebody else');

    const result = await commit(ends, object, ranges);
    const there = ends.destination.textOf('k');
    const receipt = await copyAll(ends, task);

    expect([result, there]).toEqual([{ step: 'again' }, 'somebody else']);
    expect(receipt).toMatchObject({ action: 'copied' });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it.each(['is lost', 'has another length', 'is another'])('begins anew when a part %s', async (what) => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const ranges = await copyRanges(ends, object);
    const { listParts } = ends.destination;
    ends.destination.listParts = async (...args) => {
      const parts = await listParts(...args);
      if (what === 'is lost') return parts.filter(({ number }) => number !== 7);
      if (what === 'is another') return parts.map((part) => (part.number === 7 ? { ...part, crc64: 7n } : part));
      return parts.map(({ number, sizeBytes }) => ({ number, sizeBytes: number === 7 ? 9 : sizeBytes }));
    };

    const result = await commit(ends, object, ranges);

    expect(result).toEqual({ step: 'again' });
    expect(ends.destination.keys()).toEqual([]);
  });

  it('does not commit bytes that are not those that the source keeps a checksum of', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends), 0);
    damageRead(ends.source, 5);
    const ranges = await copyRanges(ends, object);

    const result = await commit(ends, object, ranges);

    expect(result).toMatchObject({ step: 'ended', receipt: { action: 'failed', reason: 'checksum-mismatch' } });
    expect(ends.destination.keys()).toEqual([]);
    expect(await ends.destination.listParts(object.upload)).toEqual([]);
  });

  it('can be called again later when the destination is unavailable', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const ranges = await copyRanges(ends, object);
    const { commit: original } = ends.destination;
    ends.destination.commit = async () => {
      throw new StoreError('unavailable', 'No answer.');
    };

    const result = await commit(ends, object, ranges);
    ends.destination.commit = original;
    const later = await commit(ends, object, ranges);

    expect(result).toMatchObject({ step: 'later', receipt: { action: 'failed', reason: 'unavailable' } });
    expect(later).toMatchObject({ step: 'ended', receipt: { action: 'copied' } });
  });

  it('refuses to make an object of some of its ranges', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const [first] = await copyRanges(ends, object);

    await expect(commit(ends, object, [present(first, 'a range')])).rejects.toThrow(RangeError);
    expect(ends.destination.keys()).toEqual([]);
  });
});
