import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type HeadedObject, proveEqual } from '../../../src/sync/compare/prove-equal.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import type { ObjectHead, ObjectRead } from '../../../src/sync/store/objects.ts';
import { present } from '../../../src/sync/store/present.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const md5Of = (text: string) => createHash('md5').update(text).digest('hex');
const crcOf = (text: string) => crc64(Buffer.from(text));

/** What is known of an object beside its bytes. */
type Known = Pick<ObjectHead, 'crc64' | 'md5' | 'claimedMd5' | 'provenance'>;

interface Watched extends HeadedObject {
  reads(): number;
}

/** An object of this text. Counts its reads. */
async function object(text: string, known: Known = {}): Promise<Watched> {
  const store = createMemoryStore();
  store.put('k', text);
  const { sizeBytes, etag, lastModified, properties } = present(await store.head('k'), 'head');
  let reads = 0;
  const read = (...args: Parameters<typeof store.read>): Promise<ObjectRead> => {
    reads++;
    return store.read(...args);
  };
  return { store: { read }, key: 'k', head: { sizeBytes, etag, lastModified, properties, ...known }, reads: () => reads };
}

const crc = (text: string): Known => ({ crc64: crcOf(text) });
const md5 = (text: string): Known => ({ md5: md5Of(text) });
const mark = (text: string, sourceEtag = '"?"'): Known => ({ provenance: { sourceEtag, crc64: crcOf(text) } });
const claim = (text: string): Known => ({ claimedMd5: md5Of(text) });

const HINTS_ONLY = [
  ['a mark', mark('same'), crc('same')],
  ['a Content-MD5', claim('same'), md5('same')],
  ['two marks', mark('same'), mark('same')],
] as const;

describe('proving that two objects are equal', () => {
  it.each([
    ['crc64nvme', crc, crc],
    ['md5', md5, md5],
  ] as const)('goes by what both services keep: %s', async (by, here, there) => {
    const one = await object('same', here('same'));

    const equal = await proveEqual(one, await object('same', there('same')), { readContent: true });
    const different = await proveEqual(one, await object('diff', there('diff')), { readContent: true });

    expect(equal).toEqual({ verdict: 'equal', by, record: 'services' });
    expect(different).toEqual({ verdict: 'different', by, record: 'services' });
    expect(one.reads()).toBe(0);
  });

  it('finds different sizes different, and empty objects equal, and reads neither', async () => {
    const [short, longer, empty, other] = [await object('short'), await object('longer'), await object(''), await object('')];

    const verdicts = [await proveEqual(short, longer, { readContent: true }), await proveEqual(empty, other, { readContent: true })];

    expect(verdicts).toEqual([
      { verdict: 'different', by: 'size', record: 'services' },
      { verdict: 'equal', by: 'size', record: 'services' },
    ]);
    expect([short, longer, empty, other].map((read) => read.reads())).toEqual([0, 0, 0, 0]);
  });

  it.each(HINTS_ONLY)('says that it is the word of a writer where it goes by %s', async (_, here, there) => {
    expect(await proveEqual(await object('same', here), await object('same', there), { readContent: false })).toMatchObject({
      verdict: 'equal',
      record: 'writer',
    });
  });

  it.each(HINTS_ONLY)('does not believe %s over the bytes where it may read them', async (_, here, there) => {
    const edited = await object('edit', here);

    const proof = await proveEqual(edited, await object('same', there), { readContent: true });

    expect(proof).toEqual({ verdict: 'different', by: 'content', record: 'content' });
    expect(edited.reads()).toBe(1);
  });

  it.each([
    ['a mark', mark('edit'), crc('same')],
    ['a Content-MD5', claim('edit'), md5('same')],
    ['a mark that contradicts the Content-MD5', { ...mark('same'), ...claim('edit') }, { ...crc('same'), ...md5('same') }],
  ] as const)('finds nothing different by %s, which may be outdated', async (_, here, there) => {
    const [one, other] = [await object('same', here), await object('same', there)];

    expect(await proveEqual(one, other, { readContent: false })).toEqual({ verdict: 'unprovable', reason: 'checksums-differ' });
    expect(await proveEqual(one, other, { readContent: true })).toMatchObject({ verdict: 'equal', record: 'content' });
  });

  it('takes the mark of a copy where there is no checksum, unless the copy was written again since', async () => {
    const source = await object('same');
    const copy = (known: Known) => object('same', known);
    const { etag } = source.head;

    const verdicts = [
      await proveEqual(source, await copy({ provenance: { sourceEtag: etag } }), { readContent: false }),
      await proveEqual(await copy({ provenance: { sourceEtag: etag } }), source, { readContent: false }),
      await proveEqual(source, await copy({ provenance: { sourceEtag: '"before"' } }), { readContent: false }),
      await proveEqual(source, await copy({ ...crc('same'), ...mark('edit', etag) }), { readContent: false }),
    ];

    expect(verdicts).toEqual([
      { verdict: 'equal', by: 'source-etag', record: 'writer' },
      { verdict: 'equal', by: 'source-etag', record: 'writer' },
      { verdict: 'unprovable', reason: 'no-common-checksum' },
      { verdict: 'unprovable', reason: 'no-common-checksum' },
    ]);
  });

  it.each([
    ['a CRC-64 of the one', crc, () => ({}), [0, 1]],
    ['an MD5 of the other', () => ({}), md5, [1, 0]],
    ['one of each kind', md5, crc, [1, 0]],
    ['none', () => ({}), () => ({}), [1, 1]],
  ] as const)('reads no more than it must where the services keep %s', async (_, here, there, reads) => {
    const [one, other] = [await object('same', here('same')), await object('same', there('same'))];

    expect(await proveEqual(one, other, { readContent: true })).toEqual({ verdict: 'equal', by: 'content', record: 'content' });
    expect([one.reads(), other.reads()]).toEqual(reads);
  });

  it('does not take another version for the one that it was asked about', async () => {
    const one = await object('same');
    const stale = { ...one, head: { ...one.head, etag: '"before"' } };

    await expect(proveEqual(stale, await object('same'), { readContent: true })).rejects.toMatchObject({ code: 'precondition-failed' });
  });

  it.each([true, false])(
    'never claims more than is known, whatever is kept and has been left (reading allowed: %s)',
    async (readContent) => {
      for (const [content, here, there] of everyPair()) {
        const [one, other] = [await object('same', here), await object(content, there)];

        const { verdict, ...rest } = await proveEqual(one, other, { readContent });

        const name = JSON.stringify({ content, here, there }, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
        const claim = `${verdict} ${'record' in rest ? rest.record : 'nobody'}`;
        expect(allowedClaims({ isEqual: content === 'same', isKept: isKept(here, there), readContent }), name).toContain(claim);
        expect(one.reads() + other.reads(), name).toBe(readContent && !isKept(here, there) ? readsNeeded(here, there) : 0);
      }
    },
  );
});

/** What a writer left may deceive, but is never passed off as more, and shows no difference. */
function allowedClaims({ isEqual, isKept, readContent }: Record<'isEqual' | 'isKept' | 'readContent', boolean>): readonly string[] {
  const truth = isEqual ? 'equal' : 'different';
  if (isKept) return [`${truth} services`];
  return readContent ? [`${truth} content`] : ['equal writer', 'unprovable nobody'];
}

function isKept(here: Known, there: Known): boolean {
  return [here.crc64, here.md5].some((one, kind) => one !== undefined && [there.crc64, there.md5][kind] !== undefined);
}

function everyPair(): readonly [string, Known, Known][] {
  return ['same', 'diff'].flatMap((content) =>
    everythingKnownOf('same').flatMap((here) => everythingKnownOf(content).map((there): [string, Known, Known] => [content, here, there])),
  );
}

/** Each combination of what a service may keep of an object, and of what a writer may have left with it, fresh or outdated. */
function everythingKnownOf(text: string): readonly Known[] {
  const kept: readonly Known[] = [{}, crc(text), md5(text), { ...crc(text), ...md5(text) }];
  const marks: readonly Known[] = [{}, mark('same'), mark('diff')];
  const claims: readonly Known[] = [{}, claim('same'), claim('diff')];
  return kept.flatMap((a) => marks.flatMap((b) => claims.map((c) => ({ ...a, ...b, ...c }))));
}

function readsNeeded(here: Known, there: Known): number {
  return here.crc64 || here.md5 || there.crc64 || there.md5 ? 1 : 2;
}
