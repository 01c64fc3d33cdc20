import { describe, expect, it } from 'vitest';
import { present } from '../../../src/sync/store/present.ts';
import type { UploadLimits } from '../../../src/sync/store/store.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import {
  begin,
  commit,
  copyAll,
  copyRange,
  copyRanges,
  failOnPart,
  NO_DEADLINE,
  put,
  ROOMY,
  setUp,
  taskFor,
  watchAborts,
  watchParts,
} from '../../support/stores/large-objects.ts';

describe('copying a range of a large object', () => {
  it('goes on after a crash with the parts that the destination does not list', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const { uploadPart } = ends.destination;
    failOnPart(ends, 3, new Error('The process dies here.'));
    await expect(copyRange(ends, object, 0)).rejects.toThrow('dies');
    ends.destination.uploadPart = uploadPart;
    const before = (await ends.destination.listParts(object.upload)).map(({ number }) => number);
    const after = watchParts(ends);

    const result = await commit(ends, object, await copyRanges(ends, object));

    expect(before.length).toBeGreaterThan(0);
    expect([...before, ...after].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(result).toMatchObject({ step: 'ended', receipt: { action: 'copied', verified: 'crc64' } });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('copies again a part that is listed with another length, or whose checksum is not told', async () => {
    const ends = setUp();
    put(ends.source, 40);
    const object = await begin(ends, taskFor(ends));
    await copyRange(ends, object, 0);
    const { listParts } = ends.destination;
    ends.destination.listParts = async (...args) =>
      (await listParts(...args)).map(({ crc64: known, ...part }) => {
        if (part.number === 2) return part;
        return { ...part, crc64: present(known, 'crc64'), sizeBytes: part.number === 3 ? 9 : part.sizeBytes };
      });
    const putAgain = watchParts(ends);

    await copyRange(ends, object, 0);

    expect(putAgain).toEqual([2, 3]);
  });

  it('leaves the rest to the next call when its time is over, and gets on in each', async () => {
    const ends = setUp(ROOMY, 400);
    put(ends.source, 395);
    const object = await begin(ends, taskFor(ends));
    const numbers = watchParts(ends);
    const partsAfter: number[] = [];

    for (let step = 'more'; step === 'more'; ) {
      step = (await copyRange(ends, object, 0, 0)).step;
      partsAfter.push(numbers.length);
    }

    expect(partsAfter.length).toBeGreaterThan(2);
    expect(new Set(partsAfter).size).toBe(partsAfter.length);
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });

  it.each<[string, UploadLimits, boolean]>([
    ['are streamed', { maxParts: 10, maxPartBytes: 1_000 }, true],
    ['are not proved by what the destination lists', ROOMY, false],
  ])('ends all the same when its time is over and its parts %s, since none of them could be kept', async (_, limits, tellsCrc) => {
    const ends = setUp(limits, 400);
    put(ends.source, 195);
    const { uploadPart } = ends.destination;
    if (!tellsCrc) {
      ends.destination.uploadPart = async (...args) => {
        const { crc64: _crc64, ...part } = await uploadPart(...args);
        return part;
      };
      ends.destination.listParts = async () => [];
    }
    const object = await begin(ends, taskFor(ends));

    const result = await copyRange(ends, object, 0, 0);

    expect(object.plan.rangeCount).toBe(1);
    expect(result).toMatchObject({ step: 'done', sizeBytes: 195 });
  });

  it('may run twice at once', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));

    const [once, twice] = await Promise.all([copyRanges(ends, object), copyRanges(ends, object)]);
    const result = await commit(ends, object, once);

    expect(twice).toEqual(once);
    expect(result).toMatchObject({ step: 'ended', receipt: { action: 'copied', verified: 'crc64' } });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('tells the size of each part that it has put, and not of those that were there', async () => {
    const ends = setUp();
    put(ends.source, 35);
    const object = await begin(ends, taskFor(ends));
    const told: number[] = [];
    const options = { signal: ends.signal, softDeadline: NO_DEADLINE, onPart: (sizeBytes: number) => void told.push(sizeBytes) };

    await ends.copier().copyRange(object, 0, options);
    await ends.copier().copyRange(object, 0, options);

    expect(told.sort()).toEqual([10, 10, 10, 5]);
  });

  it('begins anew when the source changed, with no part left, and then copies the new version', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const task = taskFor(ends);
    const object = await begin(ends, task);
    await copyRange(ends, object, 0);
    put(ends.source, 96, 'newer');

    const result = await copyRange(ends, object, 1);
    const receipt = await copyAll(ends, task);

    expect(result).toEqual({ step: 'again' });
    expect(await ends.destination.listParts(object.upload)).toEqual([]);
    expect(receipt).toMatchObject({ action: 'copied', sizeBytes: 96 });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('gives up on a source that changed at the last try', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends), 0);
    put(ends.source, 96, 'newer');

    const result = await copyRange(ends, object, 1);

    expect(result).toMatchObject({
      step: 'ended',
      receipt: { action: 'failed', reason: 'source-changed', sizeBytes: 95, message: expect.stringContaining('"k"') },
    });
  });

  it('begins anew when the upload is gone', async () => {
    const ends = setUp();
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    await ends.copier().abandon(object);

    expect(await copyRange(ends, object, 0)).toEqual({ step: 'again' });
  });

  it.each(['unavailable', 'checksum-mismatch'] as const)(
    'can be called again later when a part is %s, and keeps the others',
    async (code) => {
      const ends = setUp();
      put(ends.source, 40);
      const object = await begin(ends, taskFor(ends));
      const aborted = watchAborts(ends);
      const { uploadPart } = ends.destination;
      failOnPart(ends, 4, new StoreError(code, 'The part did not arrive.'));

      const result = await copyRange(ends, object, 0);
      const kept = await ends.destination.listParts(object.upload);
      ends.destination.uploadPart = uploadPart;
      const later = await copyRange(ends, object, 0);

      expect(result).toMatchObject({ step: 'later', receipt: { action: 'failed', reason: code } });
      expect(kept.length).toBeGreaterThan(0);
      expect([aborted, later.step]).toEqual([[], 'done']);
    },
  );

  it('ends with a receipt, and no part left, when a part is refused', async () => {
    const ends = setUp();
    put(ends.source, 40);
    const object = await begin(ends, taskFor(ends));
    failOnPart(ends, 4, new StoreError('permission-denied', 'You may not write.'));

    const result = await copyRange(ends, object, 0);

    expect(result).toMatchObject({ step: 'ended', receipt: { action: 'failed', reason: 'permission-denied' } });
    expect(await ends.destination.listParts(object.upload)).toEqual([]);
  });

  it.each([
    new StoreError('throttled', 'Slow down.'),
    new StoreError('credentials-expired', 'The session is over.'),
    new StoreError('permission-denied', 'The account is closed.', { isWholeStore: true }),
  ])('throws what concerns more than this object ($code), and keeps its parts', async (error) => {
    const ends = setUp();
    put(ends.source, 40);
    const object = await begin(ends, taskFor(ends));
    const aborted = watchAborts(ends);
    failOnPart(ends, 4, error);

    await expect(copyRange(ends, object, 0)).rejects.toBe(error);
    expect(aborted).toEqual([]);
  });

  it('is broken off by its signal', async () => {
    const ends = setUp();
    put(ends.source, 40);
    const object = await begin(ends, taskFor(ends));

    const copying = ends.copier().copyRange(object, 0, { signal: AbortSignal.abort(), softDeadline: NO_DEADLINE });

    await expect(copying).rejects.toThrow();
  });
});
