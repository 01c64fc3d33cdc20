import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type HeadedObject, proveEqual } from '../../../src/sync/compare/prove-equal.ts';
import type { ObjectHead, ObjectRead } from '../../../src/sync/objects.ts';
import { present } from '../../../src/sync/present.ts';
import { createMemoryStore } from '../../support/memory-store.ts';

const md5Of = (text: string) => createHash('md5').update(text).digest('hex');

/** An object of this text, and which checksums its store keeps. Counts its reads. */
async function object(text: string, kept: readonly ('crc64' | 'md5')[]): Promise<HeadedObject & { reads(): number }> {
  const store = createMemoryStore();
  store.put('k', text);
  let reads = 0;
  const read = (...args: Parameters<typeof store.read>): Promise<ObjectRead> => {
    reads++;
    return store.read(...args);
  };
  const { crc64, md5: _, ...head } = present(await store.head('k'), 'head');
  const known: ObjectHead = {
    ...head,
    ...(kept.includes('crc64') && crc64 !== undefined && { crc64 }),
    ...(kept.includes('md5') && { md5: md5Of(text) }),
  };
  return { store: { read }, key: 'k', head: known, reads: () => reads };
}

describe('proving that two objects are equal', () => {
  it.each([
    ['crc64nvme', ['crc64'], ['crc64', 'md5']],
    ['md5', ['md5'], ['md5', 'crc64']],
    ['crc64nvme', ['crc64', 'md5'], ['crc64', 'md5']],
  ] as const)('goes by what both stores keep: %s', async (by, here, there) => {
    const one = await object('same', here);

    expect(await proveEqual(one, await object('same', there), { readContent: true })).toEqual({ verdict: 'equal', by });
    expect(await proveEqual(one, await object('diff', there), { readContent: true })).toEqual({ verdict: 'different', by });
    expect(one.reads()).toBe(0);
  });

  it('finds different sizes different, and asks no further', async () => {
    const [one, other] = [await object('short', []), await object('longer', [])];

    expect(await proveEqual(one, other, { readContent: true })).toEqual({ verdict: 'different', by: 'size' });
    expect(one.reads() + other.reads()).toBe(0);
  });

  it.each([
    [[], []],
    [['crc64'], ['md5']],
  ] as const)('cannot tell without reading where one keeps %j and the other %j', async (here, there) => {
    const [one, other] = [await object('same', here), await object('same', there)];

    expect(await proveEqual(one, other, { readContent: false })).toEqual({ verdict: 'unprovable' });
    expect(one.reads() + other.reads()).toBe(0);
  });

  it('takes the mark of a copy where there is no checksum, and not one of another version', async () => {
    const source = await object('same', []);
    const copy = await object('same', ['crc64']);
    const marked = (sourceEtag: string) => ({ ...copy, head: { ...copy.head, provenance: { sourceEtag } } });

    const verdicts = [
      await proveEqual(source, marked(source.head.etag), { readContent: false }),
      await proveEqual(marked(source.head.etag), source, { readContent: false }),
      await proveEqual(source, marked('"before"'), { readContent: false }),
      await proveEqual(source, marked(source.head.etag), { readContent: true }),
    ];

    expect(verdicts).toEqual([
      { verdict: 'equal', by: 'source-etag' },
      { verdict: 'equal', by: 'source-etag' },
      { verdict: 'unprovable' },
      { verdict: 'equal', by: 'content' },
    ]);
  });

  it('reads what keeps no CRC, where it may', async () => {
    const [one, same, other] = [await object('same', ['crc64']), await object('same', ['md5']), await object('diff', [])];

    expect(await proveEqual(one, same, { readContent: true })).toEqual({ verdict: 'equal', by: 'content' });
    expect(await proveEqual(one, other, { readContent: true })).toEqual({ verdict: 'different', by: 'content' });
    expect([one.reads(), same.reads(), other.reads()]).toEqual([0, 1, 1]);
  });

  it('does not take another version for the one that it was asked about', async () => {
    const one = await object('same', []);
    const stale = { ...one, head: { ...one.head, etag: '"before"' } };

    await expect(proveEqual(stale, await object('same', []), { readContent: true })).rejects.toMatchObject({ code: 'precondition-failed' });
  });
});
