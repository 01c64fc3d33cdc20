import { describe, expect, it } from 'vitest';
import type { CopyDecision } from '../../../src/sync/compare/decide.ts';
import { createRehearsal } from '../../../src/sync/copy/rehearse.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const { signal } = new AbortController();
const COPY: CopyDecision = { action: 'copy', reason: 'size-differs', condition: 'if-absent' };
const ASK: CopyDecision = { action: 'ask-destination' };
const ENTRY = { key: 'k', sizeBytes: 3, etag: '"source"' };

function setUp() {
  const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
  return { source, destination, rehearse: createRehearsal({ source, destination, clock: () => 0 }) };
}

describe('rehearsing a copy', () => {
  it('tells what would be copied and why, and writes nothing', async () => {
    const { destination, rehearse } = setUp();

    const receipt = await rehearse({ entry: ENTRY, decision: COPY, signal });

    expect(receipt).toMatchObject({ key: 'k', action: 'would-copy', reason: 'size-differs', sizeBytes: 3, sourceEtag: '"source"' });
    expect(destination.keys()).toEqual([]);
  });

  it.each([
    ['our mark names the version', '"source"', { action: 'current' }],
    ['our mark names another version', '"older"', { action: 'would-copy', reason: 'not-proved-current' }],
  ])('asks the destination where the listings cannot tell: %s', async (_, sourceEtag, expected) => {
    const { destination, rehearse } = setUp();
    await destination.write('k', Buffer.from('abc'), { properties: { metadata: {} }, provenance: { sourceEtag }, crc64: 0n });

    const receipt = await rehearse({ entry: ENTRY, decision: ASK, signal });

    expect(receipt).toMatchObject(expected);
  });

  it('tells of what could not be copied, as a copy does', async () => {
    const { destination, rehearse } = setUp();
    const archived = await rehearse({ entry: { ...ENTRY, isArchived: true }, decision: COPY, signal });
    destination.refuseKey = () => 'it ends with a dot';

    const refused = await rehearse({ entry: ENTRY, decision: COPY, signal });

    expect([archived, refused]).toMatchObject([
      { action: 'skipped', reason: 'archived' },
      { action: 'failed', reason: 'invalid-key' },
    ]);
  });

  it('ends the run where the destination cannot be asked at all', async () => {
    const { destination, rehearse } = setUp();
    destination.head = () => Promise.reject(new StoreError('permission-denied', 'No.', { isWholeStore: true }));

    await expect(rehearse({ entry: ENTRY, decision: ASK, signal })).rejects.toThrow('No.');
  });
});
