import { describe, expect, it } from 'vitest';
import type { CopyReason } from '../../../src/sync/compare/decide.ts';
import { type Overwrite, type OverwriteRules, reasonToLeave } from '../../../src/sync/compare/overwrite.ts';
import { createCopier } from '../../../src/sync/copy/copy-object.ts';
import { PART_BYTES } from '../../../src/sync/copy/copy-parts.ts';
import { createBufferPool } from '../../../src/sync/flow/buffer-pool.ts';
import { printOf } from '../../../src/sync/pairs/proved-pair.ts';
import { crc64 } from '../../../src/sync/store/crc64.ts';
import { present } from '../../../src/sync/store/present.ts';
import { begin, COPY, setUp as setUpLarge, taskFor } from '../../support/stores/large-objects.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

const { signal } = new AbortController();

describe('what may be replaced', () => {
  const at = (minute: number, etag = '"e"') => ({ key: 'k', sizeBytes: 1, etag, lastModified: new Date(minute * 60_000) });

  it.each<[Overwrite, number | undefined, string | undefined]>([
    ['changed', undefined, undefined],
    ['changed', 2, undefined],
    ['if-newer', undefined, undefined],
    ['if-newer', 0, undefined],
    ['if-newer', 1, 'destination-newer'],
    ['if-newer', 2, 'destination-newer'],
    ['never', undefined, undefined],
    ['never', 0, 'exists'],
  ])('with %s, of a destination of minute %s and a source of minute 1: %s', (overwrite, minute, reason) => {
    const pair = { source: at(1), ...(minute !== undefined && { destination: at(minute) }) };

    expect(reasonToLeave(pair, { overwrite }, 'auto')).toBe(reason);
  });

  const [NOTHING, SOURCE, DESTINATION, BOTH] = ['nothing', 'the source', 'the destination', 'both'];

  it.each<[string | undefined, Overwrite, boolean, string | undefined]>([
    [SOURCE, 'if-newer', false, undefined],
    [SOURCE, 'never', false, 'exists'],
    [SOURCE, 'changed', true, undefined],
    [DESTINATION, 'changed', false, undefined],
    [DESTINATION, 'changed', true, 'destination-edited'],
    [DESTINATION, 'if-newer', false, 'destination-edited'],
    [DESTINATION, 'never', true, 'exists'],
    [BOTH, 'changed', true, undefined],
    [BOTH, 'if-newer', true, 'destination-newer'],
    [NOTHING, 'if-newer', true, undefined],
  ])(
    'goes by what was edited since both were proved equal, not by the times: %s, %s, two-way: %s',
    (edited, overwrite, isTwoWay, reason) => {
      const before = { source: at(1), destination: at(1) };
      const proved = { key: 'k', source: printOf(before.source), destination: printOf(before.destination) };
      const pair = {
        source: at(1, edited === SOURCE || edited === BOTH ? '"new"' : '"e"'),
        destination: at(2, edited === DESTINATION || edited === BOTH ? '"new"' : '"e"'),
        proved,
      };

      expect(reasonToLeave(pair, { overwrite, isTwoWay }, 'auto')).toBe(reason);
    },
  );
});

describe('an object that appears at the destination while it is copied', () => {
  const appear: [Overwrite, object, string][] = [
    ['changed', { action: 'copied' }, 'source'],
    ['if-newer', { action: 'skipped', reason: 'destination-newer' }, 'theirs'],
    ['never', { action: 'skipped', reason: 'exists' }, 'theirs'],
  ];

  it.each(appear)('is dealt with by the option: %s', async (overwrite, receipt, text) => {
    const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
    const { etag } = source.put('k', 'source');
    const read = source.read;
    source.read = async (...args) => {
      if (!destination.objects.has('k')) destination.put('k', 'theirs');
      return read(...args);
    };
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]);
    const copy = createCopier({ source, destination, pool, overwrite, clock: () => 0 });

    const result = await copy({ entry: { key: 'k', sizeBytes: 6, etag }, decision: COPY, signal });

    expect(result).toMatchObject(receipt);
    expect(destination.textOf('k')).toBe(text);
  });

  it.each(appear.slice(1))('is left alone by a large one too: %s', async (overwrite, receipt) => {
    const ends = setUpLarge();
    ends.source.put('k', 'abcdefg'.repeat(20));
    const task = taskFor(ends);
    ends.destination.put('k', 'theirs', { lastModified: new Date(Date.now() + 60_000) });

    const begun = await ends.copier({ overwrite }).begin(task, { signal, triesLeft: 2 });

    expect(begun).toMatchObject({ step: 'ended', receipt });
  });
});

describe('a large object of which the stores have to be asked', () => {
  it.each([
    ['if-newer', -1, { step: 'copy' }],
    ['if-newer', 1, { step: 'ended', receipt: { action: 'skipped', reason: 'destination-newer' } }],
    ['changed', 1, { step: 'copy' }],
  ] as const)('is judged by the times: %s, and a destination written %i minutes after the source', async (overwrite, minutes, begun) => {
    const ends = setUpLarge();
    const now = Date.now();
    ends.source.put('k', 'abcdefg'.repeat(20), { lastModified: new Date(now) });
    ends.destination.put('k', 'gfedcba'.repeat(20), { lastModified: new Date(now + minutes * 60_000) });
    const task = taskFor(ends, { action: 'ask-both' });

    expect(await ends.copier({ overwrite }).begin(task, { signal, triesLeft: 2 })).toMatchObject(begun);
  });
});

describe('an object that was itself copied from the one that it would replace', () => {
  /** The source has a copy of the destination's object, by our mark. */
  async function setUp(here: string, there: string, rules: OverwriteRules = {}) {
    const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
    const { etag } = destination.put('k', there);
    const description = { properties: { metadata: {} }, provenance: { sourceEtag: etag } };
    const copied = await source.write('k', Buffer.from(there), { ...description, crc64: 0n });
    // Some clients keep the metadata when they write other bytes.
    const { provenance } = present(source.objects.get('k'), 'k');
    const written = here === there ? copied : source.put('k', here, { ...(provenance && { provenance }) });
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]);
    const copy = createCopier({ source, destination, pool, ...rules, clock: () => 0 });
    const entry = { key: 'k', sizeBytes: here.length, etag: written.etag };
    return { copy, entry, destination, condition: { ifMatch: etag } };
  }

  it.each(['source-newer', 'source-changed', 'not-proved-current'] as const)(
    'is not sent back when it only seems to be %s',
    async (reason) => {
      const { copy, entry, destination, condition } = await setUp('same', 'same');

      expect(await copy({ entry, decision: { action: 'copy', reason, condition }, signal })).toMatchObject({ action: 'current' });
      expect(destination.objects.get('k')?.etag).toBe(condition.ifMatch);
    },
  );

  it.each(['size-differs', 'content-differs', 'destination-changed', 'always'] as const)(
    'is copied when it is known to differ, or is asked for: %s',
    async (reason) => {
      const { copy, entry, destination, condition } = await setUp('edited', 'before');

      expect(await copy({ entry, decision: { action: 'copy', reason, condition }, signal })).toMatchObject({ action: 'copied', reason });
      expect(destination.textOf('k')).toBe('edited');
    },
  );

  it.each(['source-newer', 'size-differs', 'not-proved-current'] as const)(
    'does not replace an edit that was made at the destination since, in a two-way sync: %s',
    async (reason) => {
      const { copy, entry, destination } = await setUp('same', 'same', { isTwoWay: true });
      const { etag } = destination.put('k', 'edit');

      const receipt = await copy({ entry, decision: { action: 'copy', reason, condition: { ifMatch: etag } }, signal });

      expect(receipt).toMatchObject({ action: 'skipped', reason: 'destination-edited' });
      expect(destination.textOf('k')).toBe('edit');
    },
  );

  it('is copied in one direction over whatever is at the destination, such as what was there before a chain of jobs reached it', async () => {
    const { copy, entry, destination } = await setUp('same', 'same');
    const { etag } = destination.put('k', 'there before');

    const receipt = await copy({ entry, decision: { action: 'copy', reason: 'size-differs', condition: { ifMatch: etag } }, signal });

    expect(receipt).toMatchObject({ action: 'copied', reason: 'size-differs' });
    expect(destination.textOf('k')).toBe('same');
  });

  it('is copied when both were edited since', async () => {
    const { copy, entry, destination } = await setUp('here', 'base', { isTwoWay: true });
    const { etag } = destination.put('k', 'edit');

    const receipt = await copy({ entry, decision: { action: 'copy', reason: 'source-newer', condition: { ifMatch: etag } }, signal });

    expect(receipt).toMatchObject({ action: 'copied', reason: 'source-newer' });
  });

  it('replaces an older copy of its own, although its mark names the object of another location', async () => {
    const { copy, entry, destination } = await setUp('same', 'same', { isTwoWay: true });
    const older = await destination.write('k', Buffer.from('older'), {
      ...{ properties: { metadata: {} }, provenance: { sourceEtag: '"older"' }, crc64: 0n },
    });

    const receipt = await copy({ entry, decision: { action: 'copy', reason: 'size-differs', condition: { ifMatch: older.etag } }, signal });

    expect(receipt).toMatchObject({ action: 'copied' });
    expect(destination.textOf('k')).toBe('same');
  });

  it('is not sent back when it is large', async () => {
    const ends = setUpLarge();
    const { etag } = ends.destination.put('k', 'abcdefg'.repeat(20));
    await ends.source.write('k', Buffer.from('abcdefg'.repeat(20)), {
      ...{ properties: { metadata: {} }, provenance: { sourceEtag: etag }, crc64: 0n },
    });
    const decision = { action: 'copy', reason: 'source-newer', condition: { ifMatch: etag } } as const;

    expect(await ends.copier().begin(taskFor(ends, decision), { signal, triesLeft: 2 })).toMatchObject({
      step: 'ended',
      proved: { key: 'k' },
    });
    await expect(begin(ends, taskFor(ends, { ...decision, reason: 'always' }))).resolves.toBeDefined();
    expect(present(ends.destination.objects.get('k'), 'k').etag).toBe(etag);
  });
});

describe('a copy that somebody wrote over, keeping our metadata, and of which no proof is left', () => {
  const TEXT = 'copied';
  const REASONS: readonly CopyReason[] = ['source-newer', 'size-differs', 'not-proved-current', 'both-changed'];

  async function setUp(rules: OverwriteRules, edit: string) {
    const [source, destination] = [createMemoryStore('memory://source/'), createMemoryStore('memory://destination/')];
    const { etag } = source.put('k', TEXT);
    const provenance = { sourceEtag: etag, crc64: crc64(Buffer.from(TEXT)) };
    const written = destination.put('k', edit, { provenance });
    const pool = createBufferPool([{ bufferBytes: PART_BYTES, count: 1 }]);
    const copy = createCopier({ source, destination, pool, ...rules, clock: () => 0 });
    const entry = { key: 'k', sizeBytes: TEXT.length, etag };
    return {
      destination,
      make: (reason: CopyReason) => copy({ entry, decision: { action: 'copy', reason, condition: { ifMatch: written.etag } }, signal }),
    };
  }

  it.each(REASONS.flatMap((reason) => ['edited', 'of another size'].map((edit) => [reason, edit] as const)))(
    'is kept in a two-way sync (%s, %s)',
    async (reason, edit) => {
      const { destination, make } = await setUp({ isTwoWay: true }, edit);

      expect(await make(reason)).toMatchObject({ action: 'skipped', reason: 'destination-edited' });
      expect(destination.textOf('k')).toBe(edit);
    },
  );

  it.each([
    [{ isTwoWay: false }, 'size-differs'],
    [{ isTwoWay: true }, 'always'],
  ] as const)('is replaced in one direction, or where everything is to be copied: %o, %s', async (rules, reason) => {
    const { destination, make } = await setUp(rules, 'of another size');

    expect(await make(reason)).toMatchObject({ action: 'copied', reason });
    expect(destination.textOf('k')).toBe(TEXT);
  });
});
