import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCopier } from '../../../src/sync/copy/copy-object.ts';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { crc64, crc64ToBase64 } from '../../../src/sync/store/crc64.ts';
import type { ObjectEntry } from '../../../src/sync/store/objects.ts';
import { present } from '../../../src/sync/store/present.ts';
import type { Condition } from '../../../src/sync/store/store.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../../support/stores/memory-store.ts';

function setUp() {
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 2 }]);
  const copy = createCopier({ source, destination, pool, clock: Date.now });
  const { signal } = new AbortController();
  return {
    source,
    destination,
    copy: (entry: ObjectEntry, condition: Condition = 'if-absent') =>
      copy({ entry, decision: { action: 'copy', reason: 'missing', condition }, signal }),
  };
}

async function entryOf(store: MemoryStore, key: string): Promise<ObjectEntry> {
  const { sizeBytes, etag, lastModified } = present(await store.head(key), key);
  return { key, sizeBytes, etag, lastModified };
}

/** Replaces the source object whenever a read of it begins, `times` times. */
function changeOnRead(store: MemoryStore, key: string, times: number): void {
  const { read } = store;
  let left = times;
  store.read = async (...args) => {
    if (left-- > 0) store.put(key, `version ${left}`);
    return read(...args);
  };
}

describe('copying an object', () => {
  it('carries bytes and properties, and leaves a receipt with the checksum and how it was proved', async () => {
    const { source, destination, copy } = setUp();
    const properties = { contentType: 'text/plain', cacheControl: 'max-age=1', metadata: { a: 'b' } };
    source.put('k', 'hello', { properties });

    const receipt = await copy(await entryOf(source, 'k'));

    expect(destination.objects.get('k')).toMatchObject({ properties, provenance: { sourceEtag: source.objects.get('k')?.etag } });
    expect(receipt).toMatchObject({
      key: 'k',
      action: 'copied',
      reason: 'missing',
      sizeBytes: 5,
      crc64nvme: crc64ToBase64(crc64(Buffer.from('hello')), 'big-endian'),
      verified: 'md5',
      destinationEtag: destination.objects.get('k')?.etag,
    });
  });

  it.each([
    ['one whole buffer', PART_BYTES, 0],
    ['one byte more', PART_BYTES + 1, 2],
    ['many parts', 5 * PART_BYTES + 17, 6],
  ])('copies %s (%i bytes) in %i parts', async (_, sizeBytes, parts) => {
    const { source, destination, copy } = setUp();
    source.put('k', 'abcdefg'.repeat(sizeBytes / 7 + 1).slice(0, sizeBytes));
    const { uploadPart } = destination;
    let uploaded = 0;
    destination.uploadPart = (...args) => {
      uploaded++;
      return uploadPart(...args);
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'copied', verified: parts === 0 ? 'md5' : 'crc64' });
    expect(uploaded).toBe(parts);
    expect(destination.textOf('k') === source.textOf('k')).toBe(true);
  });

  it('streams parts that no buffer holds, when the destination takes too few for such an object', async () => {
    const source = createMemoryStore('memory://source/');
    const destination = { ...createMemoryStore('memory://destination/'), uploadLimits: { maxParts: 2, maxPartBytes: 5 * PART_BYTES } };
    source.put('k', 'abcdefg'.repeat(PART_BYTES / 2));
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]);
    const copy = createCopier({ source, destination, pool, clock: Date.now });
    const decision = { action: 'copy', reason: 'missing', condition: 'if-absent' } as const;

    const receipt = await copy({ entry: await entryOf(source, 'k'), decision, signal: new AbortController().signal });

    expect(receipt).toMatchObject({ action: 'copied', verified: 'crc64' });
    expect(destination.textOf('k') === source.textOf('k')).toBe(true);
  });

  it('copies the new version of a source that changed after it was listed', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'listed');
    const listed = await entryOf(source, 'k');
    source.put('k', 'newer');

    const receipt = await copy(listed);

    expect(receipt).toMatchObject({ action: 'copied', sourceEtag: source.objects.get('k')?.etag });
    expect(destination.textOf('k')).toBe('newer');
  });

  it('gives up on a source that changes at every read, and writes nothing', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'listed');
    const listed = await entryOf(source, 'k');
    changeOnRead(source, 'k', 100);

    const receipt = await copy(listed);

    expect(receipt).toMatchObject({ action: 'failed', reason: 'source-changed', message: expect.stringContaining('"k"') });
    expect(destination.keys()).toEqual([]);
  });

  it('skips a source that is gone, and says so', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'listed');
    const listed = await entryOf(source, 'k');
    await source.delete('k');

    const receipt = await copy(listed);

    expect(receipt).toMatchObject({ action: 'skipped', reason: 'source-gone' });
    expect(destination.keys()).toEqual([]);
  });

  it('reads again what arrived damaged', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const { read } = source;
    let reads = 0;
    source.read = async (...args) => {
      const answer = await read(...args);
      return reads++ > 1
        ? answer
        : {
            ...answer,
            body: (async function* () {
              yield Buffer.from('hellO');
            })(),
          };
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'copied', verified: 'md5' });
    expect([reads, destination.textOf('k')]).toEqual([3, 'hello']);
  });

  it('writes nothing when the bytes never match what the source keeps', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const { read } = source;
    source.read = async (...args) => ({ ...(await read(...args)), crc64: 1n });

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'failed', reason: 'checksum-mismatch' });
    expect(destination.keys()).toEqual([]);
  });

  it('proves no more than the length when the source keeps no checksum', async () => {
    const { source, copy } = setUp();
    source.put('k', 'hello');
    const { read } = source;
    source.read = async (...args) => {
      const { md5: _, ...answer } = await read(...args);
      return answer;
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'copied', verified: 'length' });
  });

  it('takes a refused write for done when the object there is this very copy', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const { write } = destination;
    destination.write = async (...args) => {
      await write(...args);
      throw new StoreError('precondition-failed', 'The answer to the first try was lost.');
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'copied', destinationEtag: destination.objects.get('k')?.etag });
  });

  it('replaces what somebody else wrote meanwhile, once it has seen it', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    destination.put('k', 'somebody else');

    const receipt = await copy(await entryOf(source, 'k'), 'if-absent');

    expect(receipt).toMatchObject({ action: 'copied' });
    expect(destination.textOf('k')).toBe('hello');
  });

  it('throws the parts away when one cannot be uploaded', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'x'.repeat(3 * PART_BYTES));
    const aborted: string[] = [];
    const { abort } = destination;
    destination.abort = (upload) => {
      aborted.push(upload.key);
      return abort(upload);
    };
    const { uploadPart } = destination;
    destination.uploadPart = async (upload, number, ...rest) => {
      if (number === 3) throw new StoreError('rejected', 'The part was refused.');
      return uploadPart(upload, number, ...rest);
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'failed', reason: 'rejected' });
    expect([aborted, destination.keys()]).toEqual([['k'], []]);
  });

  it.each(['refused', 'cancelled'])('ends when a part of an object that only an MD5 proves is %s', async (how) => {
    const { source, destination } = setUp();
    source.put('k', 'x'.repeat(4 * PART_BYTES));
    const entry = await entryOf(source, 'k');
    const cancel = new AbortController();
    const { head, read } = source;
    source.head = async (key) => {
      const { crc64: _, ...known } = present(await head(key), key);
      return { ...known, md5: 'f'.repeat(32) };
    };
    source.read = async (key, options) => {
      if (options?.range?.startByte !== 0) return read(key, options);
      await wait(50);
      if (how === 'cancelled') cancel.abort();
      throw new StoreError(how === 'cancelled' ? 'aborted' : 'rejected', 'The first part was refused.');
    };
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 4 }]);
    const copy = createCopier({ source, destination, pool, clock: Date.now });

    const copying = copy({ entry, decision: { action: 'copy', reason: 'missing', condition: 'if-absent' }, signal: cancel.signal });

    if (how === 'cancelled') await expect(copying).rejects.toThrow();
    else expect(await copying).toMatchObject({ action: 'failed', reason: 'rejected' });
    expect(destination.keys()).toEqual([]);
  });

  it('writes anew what was deleted at the destination after it was listed, as S3 says it', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const { write } = destination;
    destination.write = async (key, body, options) => {
      if (options.condition !== 'if-absent') throw new StoreError('not-found', 'There is no such object.');
      return write(key, body, options);
    };

    const receipt = await copy(await entryOf(source, 'k'), { ifMatch: '"gone"' });

    expect(receipt).toMatchObject({ action: 'copied' });
    expect(destination.textOf('k')).toBe('hello');
  });

  it('does not take an object with other bytes for this copy, whatever its mark says', async () => {
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const { head } = destination;
    destination.write = async (key, _body, options) => {
      if (!destination.objects.has(key))
        destination.objects.set(key, { ...source.put('k', 'hello'), provenance: present(options.provenance, 'mark') });
      throw new StoreError('precondition-failed', 'It is there.');
    };
    destination.head = async (key) => {
      const known = await head(key);
      return known && { ...known, crc64: 1n };
    };

    const receipt = await copy(await entryOf(source, 'k'));

    expect(receipt).toMatchObject({ action: 'failed' });
  });

  it.each([
    ['by its own word', 5n, {}, 'crc64'],
    ['by the CRC-64 of its mark alone', undefined, { crc64: 5n }, 'length'],
    ['by a mark without a CRC-64', undefined, {}, undefined],
  ])('takes what is there for this very copy %s, and says how far that goes', async (_, kept, more, verified) => {
    const right = crc64(Buffer.from('hello'));
    const crcOf = (value: bigint | undefined) => value && { crc64: right };
    const { source, destination, copy } = setUp();
    source.put('k', 'hello');
    const entry = await entryOf(source, 'k');
    const { head, write } = destination;
    destination.write = async (...args) => {
      const isFirst = !destination.objects.has('k');
      const written = await write(...args);
      if (isFirst) throw new StoreError('precondition-failed', 'The answer to the first try was lost.');
      return written;
    };
    destination.head = async (key) => {
      const { crc64: _crc64, ...known } = present(await head(key), key);
      const { crc64: _ofMark, ...mark } = present(known.provenance, 'mark');
      const provenance = { ...mark, ...('crc64' in more && crcOf(more.crc64)) };
      return { ...known, ...crcOf(kept), provenance };
    };

    const receipt = await copy(entry);

    // What is not proved to be ours is written again.
    expect(receipt).toMatchObject({ action: 'copied', verified: verified === 'length' ? 'length' : 'md5' });
    expect(destination.objects.get('k')?.etag).toMatch(verified === undefined ? /2"$/ : /1"$/);
  });

  it('fails an object alone when its destination cannot be asked about it', async () => {
    const { source, destination } = setUp();
    source.put('k', 'hello');
    destination.head = async () => {
      throw new StoreError('rejected', 'It is encrypted with a key of its own.');
    };
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]);
    const copy = createCopier({ source, destination, pool, clock: Date.now });

    const receipt = await copy({
      entry: await entryOf(source, 'k'),
      decision: { action: 'ask-destination' },
      signal: new AbortController().signal,
    });

    expect(receipt).toMatchObject({ action: 'failed', reason: 'rejected' });
  });

  it('says of an object beyond the limits of the destination, a refused key and an archived object why they are not copied', async () => {
    const { source, destination, copy } = setUp();
    const entry = { key: 'k', sizeBytes: 1, etag: '"e"', lastModified: new Date() };
    const { maxParts, maxPartBytes } = destination.uploadLimits;
    destination.refuseKey = (key) => (key === 'bad' ? 'it is bad' : undefined);

    const receipts = [
      await copy({ ...entry, sizeBytes: maxParts * maxPartBytes + 1 }),
      await copy({ ...entry, key: 'bad' }),
      await copy({ ...entry, isArchived: true }),
    ];

    expect(receipts).toMatchObject([
      { action: 'failed', reason: 'too-large' },
      { action: 'failed', reason: 'invalid-key' },
      { action: 'skipped', reason: 'archived' },
    ]);
    expect(source.keys()).toEqual([]);
  });

  it.each([new StoreError('not-found', 'There is no such container.', { isWholeStore: true }), new StoreError('throttled', 'Slow down.')])(
    'throws what concerns more than this object ($code)',
    async (error) => {
      const { source, copy } = setUp();
      source.put('k', 'hello');
      source.read = async () => {
        throw error;
      };

      await expect(copy(await entryOf(source, 'k'))).rejects.toBe(error);
    },
  );
});
