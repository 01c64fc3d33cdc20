import { describe, expect, it } from 'vitest';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { limitPool } from '../../../src/sync/flow/limit-pool.ts';
import { limitStores } from '../../../src/sync/flow/limit-store.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

/** So few a second that the second one would wait for minutes. */
const HARDLY_ANY = 0.001;

function stores() {
  const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
  source.put('k', 'text');
  return { source, destination };
}

const description = { properties: { metadata: {} }, crc64: 0n };

describe('stores under limits', () => {
  it('are the same when there is none', () => {
    const ends = stores();

    expect(limitStores(ends, {})).toEqual(ends);
  });

  const CALLS: [string, (ends: ReturnType<typeof limitStores>, signal: AbortSignal) => Promise<unknown>][] = [
    ['a listing', ({ source }, signal) => Array.fromAsync(source.list({ signal }))],
    ['a HEAD', ({ source }, signal) => source.head('k', { signal })],
    ['a read', ({ source }, signal) => source.read('k', { signal })],
    ['tags', ({ source }, signal) => source.readTags('k', { signal })],
    ['a write', ({ destination }, signal) => destination.write('k', Buffer.from('text'), { ...description, signal })],
    ['a deletion', ({ destination }, signal) => destination.delete('k', { signal })],
    [
      'an upload',
      ({ destination }, signal) => destination.beginUpload({ key: 'k', sizeBytes: 4, properties: { metadata: {} } }, { signal }),
    ],
  ];

  it.each(CALLS)('share their requests: %s waits when another has been made, until it is stopped', async (_, call) => {
    const ends = limitStores(stores(), { requestsPerSecond: HARDLY_ANY });
    const stop = new AbortController();
    // A second's worth is next to nothing here, and one may always pass.
    await ends.destination.head('k');

    const waiting = call(ends, stop.signal);
    stop.abort();

    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  it('read no faster than they may, and give every byte', async () => {
    const { source } = limitStores(stores(), { bytesPerSecond: 1_000_000 });

    const { body } = await source.read('k');

    expect(Buffer.concat(await Array.fromAsync(body)).toString()).toBe('text');
  });

  it('wait between the pieces of a body', async () => {
    const { source } = limitStores(stores(), { bytesPerSecond: HARDLY_ANY });
    const stop = new AbortController();
    const first = await source.read('k');
    await Array.fromAsync(first.body);
    const second = await source.read('k', { signal: stop.signal });

    const waiting = Array.fromAsync(second.body);
    stop.abort();

    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('the memory of a run under limits', () => {
  it('is four buffers at once, and each comes back', async () => {
    const pool = limitPool(createBufferPool([{ bufferBytes: 1, count: 12 }]), { bytesPerSecond: 1 });
    const loans = await Promise.all([1, 1, 1, 1].map((bytes) => pool.acquire(bytes)));
    const stop = new AbortController();
    const given = pool.acquire(1, stop.signal);
    stop.abort();
    await expect(given).rejects.toThrow();

    const fifth = pool.acquire(1);
    loans[0]?.release();

    await expect(fifth).resolves.toBeDefined();
  });

  it('gives the place back when there is no such buffer', async () => {
    const pool = limitPool(createBufferPool([{ bufferBytes: 1, count: 12 }]), { bytesPerSecond: 1 });

    for (let loan = 0; loan < 5; loan++) await expect(pool.acquire(2)).rejects.toThrow(RangeError);

    await expect(pool.acquire(1)).resolves.toBeDefined();
  });
});
