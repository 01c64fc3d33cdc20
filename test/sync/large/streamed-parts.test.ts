import { describe, expect, it } from 'vitest';
import type { UploadLimits } from '../../../src/sync/store/store.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import {
  begin,
  commit,
  copyAll,
  copyRange,
  copyRanges,
  type Ends,
  inverted,
  put,
  setUp,
  taskFor,
  watchParts,
} from '../../support/stores/large-objects.ts';

/** 95 bytes take three parts of 40 bytes, which no buffer holds. */
const FEW_PARTS: UploadLimits = { maxParts: 3, maxPartBytes: 1_000 };

/** Changes the bytes of some streamed parts on their way. */
function damageStreamed({ destination }: Ends, isDamaged: (part: number) => boolean): void {
  const { uploadStreamedPart } = destination;
  let parts = 0;
  destination.uploadStreamedPart = (upload, number, body, options) =>
    uploadStreamedPart(upload, number, isDamaged(++parts) ? inverted(body) : body, options);
}

describe('copying a large object whose parts no buffer holds', () => {
  it('streams them', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    const { uploadStreamedPart } = ends.destination;
    const sizes: number[] = [];
    ends.destination.uploadStreamedPart = (upload, number, body, options) => {
      sizes.push(options.sizeBytes);
      return uploadStreamedPart(upload, number, body, options);
    };

    const receipt = await copyAll(ends);

    expect(sizes).toEqual([40, 40, 15]);
    expect(receipt).toMatchObject({ action: 'copied', verified: 'crc64' });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('puts a part again that did not arrive as it was read', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    damageStreamed(ends, (part) => part === 1 || part === 2);
    const numbers = watchParts(ends);

    const receipt = await copyAll(ends);

    expect(numbers).toEqual([1, 1, 1, 2, 3]);
    expect(receipt).toMatchObject({ action: 'copied', verified: 'crc64' });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('copies again after a crash what may have arrived damaged, whatever the destination lists of it', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    const object = await begin(ends, taskFor(ends));
    const { uploadStreamedPart } = ends.destination;
    ends.destination.uploadStreamedPart = async (upload, number, body, options) => {
      await uploadStreamedPart(upload, number, inverted(body), options);
      throw new Error('The process dies here.');
    };
    await expect(copyRange(ends, object, 0)).rejects.toThrow('dies');
    ends.destination.uploadStreamedPart = uploadStreamedPart;

    const result = await commit(ends, object, await copyRanges(ends, object));

    expect(result).toMatchObject({ step: 'ended', receipt: { action: 'copied' } });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('does not commit what never arrives as it was read', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    damageStreamed(ends, () => true);
    const object = await begin(ends, taskFor(ends));
    const numbers = watchParts(ends);

    const result = await copyRange(ends, object, 0);

    expect(result).toMatchObject({ step: 'later', receipt: { action: 'failed', reason: 'checksum-mismatch' } });
    expect(numbers).toEqual([1, 1, 1, 1]);
  });

  it('reads again what broke off', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    const { read } = ends.source;
    let reads = 0;
    ends.source.read = async (...args) => {
      const answer = await read(...args);
      if (++reads > 1) return answer;
      return {
        ...answer,
        body: (async function* () {
          yield Buffer.from('abc');
        })(),
      };
    };

    const receipt = await copyAll(ends);

    expect(reads).toBe(4);
    expect(receipt).toMatchObject({ action: 'copied', verified: 'crc64' });
    expect(ends.destination.textOf('k')).toBe(ends.source.textOf('k'));
  });

  it('lets go of the source when the destination takes nothing', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    const { read } = ends.source;
    let open = 0;
    ends.source.read = async (...args) => {
      open++;
      const answer = await read(...args);
      const chunks = answer.body[Symbol.asyncIterator]();
      const close = async () => {
        open--;
        return { done: true as const, value: undefined };
      };
      return { ...answer, body: { [Symbol.asyncIterator]: () => ({ next: () => chunks.next(), return: close }) } };
    };
    ends.destination.uploadStreamedPart = async () => {
      throw new StoreError('rejected', 'The part was refused.');
    };
    const object = await begin(ends, taskFor(ends));

    const result = await copyRange(ends, object, 0);

    expect(result).toMatchObject({ step: 'ended', receipt: { reason: 'rejected' } });
    expect(open).toBe(0);
  });

  it('proves no more than the length when the destination does not tell what arrived', async () => {
    const ends = setUp(FEW_PARTS);
    put(ends.source, 95);
    const { uploadStreamedPart } = ends.destination;
    ends.destination.uploadStreamedPart = async (...args) => {
      const { crc64: _, ...part } = await uploadStreamedPart(...args);
      return part;
    };

    const receipt = await copyAll(ends);

    expect(receipt).toMatchObject({ action: 'copied', verified: 'length' });
  });
});
