import { describe, expect, it } from 'vitest';
import type { SourcePair } from '../../src/sync/compare/join.ts';
import { createAuditor } from '../../src/sync/outcomes/audit.ts';
import { type ProvedPair, printOf } from '../../src/sync/pairs/proved-pair.ts';
import { present } from '../../src/sync/store/present.ts';
import { StoreError } from '../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../support/stores/memory-store.ts';

const { signal } = new AbortController();

/** Both sides have k, of these texts; the pair is as it was listed. */
async function setUp(here: string, there: string | undefined) {
  const source = createMemoryStore('memory://source/');
  const destination = createMemoryStore('memory://destination/');
  source.put('k', here);
  if (there !== undefined) destination.put('k', there);
  const [sources, destinations] = await Promise.all(
    [source, destination].map(async (store) => (await Array.fromAsync(store.list())).flat()),
  );
  const entry = present(destinations, 'the listing')[0];
  const pair: SourcePair = { source: present(sources?.[0], 'k'), ...(entry && { destination: entry }) };
  return { source, destination, pair, auditor: createAuditor({ source, destination, readContent: false, clock: () => 0 }) };
}

describe('an audit', () => {
  it.each([
    ['equal by their checksums', 'same', 'same', { action: 'equal', by: 'crc64nvme' }],
    ['different by their checksums', 'same', 'diff', { action: 'different', by: 'crc64nvme' }],
    ['different by their sizes', 'same', 'longer', { action: 'different', by: 'size' }],
    ['missing', 'same', undefined, { action: 'missing' }],
  ])('finds objects %s', async (_, here, there, finding) => {
    const { source, pair, auditor } = await setUp(here, there);

    expect(await auditor(pair, signal)).toMatchObject({ key: 'k', sizeBytes: 4, sourceEtag: source.objects.get('k')?.etag, ...finding });
  });

  it('asks nothing when the listings tell the same MD5', async () => {
    const { source, destination, pair, auditor } = await setUp('same', 'same');
    const refuse = () => Promise.reject(new Error('Nothing is to be asked.'));
    source.head = refuse;
    destination.head = refuse;
    const md5 = '0'.repeat(32);

    const receipt = await auditor({ source: { ...pair.source, md5 }, destination: { ...present(pair.destination, 'k'), md5 } }, signal);

    expect(receipt).toMatchObject({ action: 'equal', by: 'md5' });
  });

  describe('of versions that an earlier run proved equal', () => {
    async function proved(more: Partial<ProvedPair> = {}) {
      const all = await setUp('same', 'same');
      const there = present(all.pair.destination, 'k');
      const { source } = all.pair;
      let heads = 0;
      for (const store of [all.source, all.destination]) {
        const { head } = store;
        store.head = (...args) => {
          heads++;
          return head(...args);
        };
      }
      const pair: ProvedPair = { key: 'k', source: printOf(source), destination: printOf(there), ...more };
      return { ...all, there, pair: { source, destination: there, proved: pair }, heads: () => heads };
    }

    it('asks nothing, and names the index as the record', async () => {
      const { pair, auditor, heads } = await proved();

      expect(await auditor(pair, signal)).toMatchObject({ action: 'equal', by: 'versions', record: 'index' });
      expect(heads()).toBe(0);
    });

    it('asks where only a mark proved them', async () => {
      const { pair, auditor, heads } = await proved({ isByMark: true });

      expect(await auditor(pair, signal)).toMatchObject({ action: 'equal', record: 'services' });
      expect(heads()).toBe(2);
    });

    it.each(['source', 'destination'] as const)('asks where the %s has another version now', async (side) => {
      const other = { print: 'another one', modifiedAt: 1 };
      const { pair, auditor, heads } = await proved({ [side]: other });

      expect(await auditor(pair, signal)).toMatchObject({ action: 'equal', record: 'services' });
      expect(heads()).toBe(2);
    });

    it('finds them different when the listings show different checksums', async () => {
      const { pair, auditor } = await proved();
      const [source, destination] = [
        { ...pair.source, md5: '0'.repeat(32) },
        { ...pair.destination, md5: '1'.repeat(32) },
      ];

      expect(await auditor({ ...pair, source, destination }, signal)).not.toMatchObject({ record: 'index' });
    });

    it('reads them all the same where contents may be read', async () => {
      const { source, destination, pair } = await proved();
      const auditor = createAuditor({ source, destination, readContent: true, clock: () => 0 });

      expect(await auditor(pair, signal)).not.toMatchObject({ record: 'index' });
    });
  });

  it.each(['source', 'destination'] as const)('does not judge by a version that was not listed: of the %s', async (side) => {
    const { pair, auditor, ...stores } = await setUp('same', 'same');
    stores[side].put('k', 'same');

    expect(await auditor(pair, signal)).toMatchObject({ action: 'unprovable', reason: 'changing' });
  });

  it('tells of one object that it may not be asked about, and of what concerns all by an error', async () => {
    const { source, pair, auditor } = await setUp('same', 'same');
    const denied = new StoreError('permission-denied', 'The service denied it.');
    source.head = () => Promise.reject(denied);

    const receipt = await auditor(pair, signal);
    source.head = () => Promise.reject(new StoreError('throttled', 'Slow down.'));

    expect(receipt).toMatchObject({
      action: 'failed',
      reason: 'permission-denied',
      message: expect.stringMatching(/^Not verified: "k" of memory/),
    });
    await expect(auditor(pair, signal)).rejects.toMatchObject({ code: 'throttled' });
  });
});
