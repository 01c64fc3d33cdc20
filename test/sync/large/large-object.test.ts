import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LargeTask } from '../../../src/sync/large/large-task.ts';
import { crc64, crc64ToBase64 } from '../../../src/sync/store/crc64.ts';
import { present } from '../../../src/sync/store/present.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { BUFFER_BYTES, begin, COPY, copyAll, copyRange, type Ends, put, setUp, taskFor } from '../../support/stores/large-objects.ts';

describe('copying a large object', () => {
  it('takes any number of steps, each in a process of its own, and ends with one receipt', async () => {
    const ends = setUp();
    const properties = { contentType: 'text/plain', metadata: { a: 'b' } };
    ends.source.put('k', '0123456789'.repeat(9).concat('tail!'), { properties });

    const receipt = await copyAll(ends);

    const { bytes, etag } = present(ends.source.objects.get('k'), 'k');
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
    expect(ends.destination.objects.get('k')).toMatchObject({ properties, provenance: { sourceEtag: etag } });
    expect(receipt).toMatchObject({
      ...{ key: 'k', action: 'copied', reason: 'missing', sizeBytes: 95, sourceEtag: etag, verified: 'crc64' },
      crc64nvme: crc64ToBase64(crc64(bytes), 'big-endian'),
      destinationEtag: ends.destination.objects.get('k')?.etag,
    });
  });

  it('carries every byte, or says that the object is too large, whatever its size and the limits of the destination', async () => {
    const limits = fc.record({ maxParts: fc.integer({ min: 1, max: 30 }), maxPartBytes: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: BUFFER_BYTES + 1, max: 500 }), limits, async (sizeBytes, limit) => {
        const ends = setUp(limit);
        put(ends.source, sizeBytes);
        const isTooLarge = sizeBytes > limit.maxParts * limit.maxPartBytes;

        const result = isTooLarge ? await ends.copier().begin(taskFor(ends), { signal: ends.signal, triesLeft: 0 }) : await copyAll(ends);

        const expected = isTooLarge ? { receipt: { action: 'failed', reason: 'too-large' } } : { action: 'copied', verified: 'crc64' };
        expect(result).toMatchObject(expected);
        expect(ends.destination.textOf('k')).toBe(isTooLarge ? undefined : ends.source.textOf('k'));
      }),
      { numRuns: 50 },
    );
  });

  it('proves no more than the length when the source keeps no checksum that ranges can prove', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const { head } = ends.source;
    ends.source.head = async (key) => {
      const { crc64: _, ...known } = present(await head(key), key);
      return { ...known, md5: 'f'.repeat(32) };
    };

    const receipt = await copyAll(ends);

    expect(receipt).toMatchObject({ action: 'copied', verified: 'length' });
  });
});

describe('beginning a large object', () => {
  it.each<[string, (ends: Ends) => LargeTask, object]>([
    [
      'a key that the destination cannot hold',
      (ends) => {
        ends.destination.refuseKey = () => 'it is bad';
        return taskFor(ends);
      },
      { reason: 'invalid-key' },
    ],
    ['an archived object', (ends) => ({ ...taskFor(ends), entry: { ...taskFor(ends).entry, isArchived: true } }), { reason: 'archived' }],
    [
      'a source that is gone',
      (ends) => {
        const task = taskFor(ends);
        ends.source.objects.delete('k');
        return task;
      },
      { action: 'skipped', reason: 'source-gone' },
    ],
    [
      'a source that cannot be asked',
      (ends) => {
        ends.source.head = async () => {
          throw new StoreError('permission-denied', 'You may not read it.');
        };
        return taskFor(ends);
      },
      { action: 'failed', reason: 'permission-denied' },
    ],
  ])('ends at once with a receipt for %s', async (_, arrange, receipt) => {
    const ends = setUp();
    put(ends.source, 95);
    const task = arrange(ends);

    const begun = await ends.copier().begin(task, { signal: ends.signal, triesLeft: 2 });

    expect(begun).toMatchObject({ step: 'ended', receipt });
  });

  it('takes the source as it is now, if it changed after it was listed', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const task = taskFor(ends);
    put(ends.source, 120, 'newer');

    const receipt = await copyAll(ends, task);

    expect(receipt).toMatchObject({ action: 'copied', sizeBytes: 120, sourceEtag: ends.source.objects.get('k')?.etag });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it.each([0, 1, BUFFER_BYTES])('copies at once what has only %i bytes by now', async (sizeBytes) => {
    const ends = setUp();
    put(ends.source, 95);
    const task = taskFor(ends);
    put(ends.source, sizeBytes);

    const begun = await ends.copier().begin(task, { signal: ends.signal, triesLeft: 2 });

    expect(begun).toMatchObject({ step: 'ended', receipt: { action: 'copied', sizeBytes } });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('finds out that the destination is current: where the listings could not tell, and where an earlier try was committed', async () => {
    const ends = setUp();
    put(ends.source, 95);
    await copyAll(ends);

    const begun = [];
    for (const decision of [COPY, { action: 'ask-destination' } as const]) {
      begun.push(await ends.copier().begin(taskFor(ends, decision), { signal: ends.signal, triesLeft: 2 }));
    }

    expect(begun).toMatchObject([
      { step: 'ended', proved: { key: 'k' } },
      { step: 'ended', proved: { key: 'k' } },
    ]);
  });

  it('copies again what is current when the destination is as it was listed', async () => {
    const ends = setUp();
    put(ends.source, 95);
    await copyAll(ends);
    const { etag } = present(ends.destination.objects.get('k'), 'k');

    const receipt = await copyAll(ends, taskFor(ends, { action: 'copy', reason: 'always', condition: { ifMatch: etag } }));

    expect(receipt).toMatchObject({ action: 'copied', reason: 'always', destinationEtag: ends.destination.objects.get('k')?.etag });
    expect(ends.destination.objects.get('k')?.etag).not.toBe(etag);
  });

  it('goes by the destination as it is now, if somebody wrote it after it was listed', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const task = taskFor(ends);
    ends.destination.put('k', 'somebody else');

    const receipt = await copyAll(ends, task);

    expect(receipt).toMatchObject({ action: 'copied', reason: 'not-proved-current' });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });
});

describe('abandoning a large object', () => {
  it('leaves no part, and can be done again', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    await copyRange(ends, object, 0);

    await ends.copier().abandon(object, { signal: ends.signal });
    await ends.copier().abandon(object);

    expect(await ends.destination.listParts(object.upload)).toEqual([]);
  });
});
