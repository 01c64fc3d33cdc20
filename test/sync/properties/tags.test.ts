import { describe, expect, it } from 'vitest';
import { checkTagsOf } from '../../../src/sync/properties/check-tags.ts';
import { findBlobTagMisfits, findS3TagMisfits } from '../../../src/sync/properties/tags.ts';
import { StoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';

describe('a tag', () => {
  it.each([
    ['cost-center', 'A 1+2=3_4.5:6/7', true, true],
    ['n'.repeat(128), 'v'.repeat(256), true, true],
    ['empty', '', true, true],
    ['owner', 'jo@example.com', true, false],
    ['größe', 'x', true, false],
    ['city', 'Zürich', true, false],
    ['aws:region', 'x', false, true],
    ['AWS:region', 'x', false, true],
    ['', 'x', false, false],
    ['n'.repeat(129), 'x', false, false],
    ['long', 'v'.repeat(257), false, false],
    ['a?', 'x', false, false],
    ['lines', 'two\nlines', false, false],
  ])('%s: %s', (name, value, fitsS3, fitsBlob) => {
    const tags = { [name]: value };

    expect({ s3: findS3TagMisfits(tags).length === 0, blob: findBlobTagMisfits(tags).length === 0 }).toEqual({
      s3: fitsS3,
      blob: fitsBlob,
    });
  });
});

describe('asking whether tags can be read', () => {
  const { signal } = new AbortController();

  it('throws what they cannot be read for', async () => {
    const store = createMemoryStore();
    store.put('a', 'x');
    store.readTags = async () => {
      throw new StoreError('permission-denied', 'Allow s3:GetObjectTagging.');
    };

    await expect(checkTagsOf(store, signal)).rejects.toThrow('Allow s3:GetObjectTagging.');
  });

  it('asks for one object only', async () => {
    const store = createMemoryStore();
    const asked: string[] = [];
    for (const key of ['b', 'a', 'c']) store.put(key, 'x');
    store.readTags = async (key) => {
      asked.push(key);
      return {};
    };

    await checkTagsOf(store, signal);

    expect(asked).toEqual(['a']);
  });

  it('is content where there is no object, or it has gone since it was listed', async () => {
    const empty = createMemoryStore();
    const fleeting = createMemoryStore();
    fleeting.put('a', 'x');
    fleeting.readTags = async () => {
      throw new StoreError('not-found', 'Gone.');
    };

    await expect(Promise.all([checkTagsOf(empty, signal), checkTagsOf(fleeting, signal)])).resolves.toBeDefined();
  });
});
