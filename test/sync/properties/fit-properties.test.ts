import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Misfit } from '../../../src/sync/objects.ts';
import { fitProperties, type MetadataMode } from '../../../src/sync/properties/fit-properties.ts';
import { blobMetadata, type MetadataCodec, s3Metadata } from '../../../src/sync/properties/metadata.ts';
import { isStoreError } from '../../../src/sync/store-error.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { userMetadata } from './arbitrary-metadata.ts';

/** A destination that cannot hold these. */
function storeWith(findMisfits: (metadata: Readonly<Record<string, string>>) => readonly Misfit[]) {
  return {
    ...createMemoryStore(),
    findMisfits: ({ metadata }: { readonly metadata: Readonly<Record<string, string>> }) => findMisfits(metadata),
  };
}

/** What a destination of this kind holds of metadata that was fitted to it, as it stores it and as it gives it back; or who was refused. */
function carry(codec: MetadataCodec, metadata: Record<string, string>, mode: MetadataMode) {
  try {
    const { properties, leftOut } = fitProperties(storeWith(codec.findMisfits), { metadata }, mode);
    const stored = codec.encode({ user: properties.metadata, own: {} }, 'memory://store/key');
    return { leftOut, stored: Object.keys(stored), back: codec.decode(stored).user };
  } catch (error) {
    if (isStoreError(error, 'invalid-metadata')) return { refused: error.message };
    throw error;
  }
}

const namesOf = (metadata: object, codec: MetadataCodec) => {
  const misfits = codec.findMisfits(metadata as Record<string, string>).map(({ name }) => name);
  return { misfits, fitting: Object.keys(metadata).filter((name) => !misfits.includes(name)) };
};

describe.each([
  ['Blob Storage', blobMetadata],
  ['S3', s3Metadata],
])('metadata that is carried to %s, whatever its names and values are,', (_, codec) => {
  it('comes back as it was when names are changed', () => {
    fc.assert(
      fc.property(userMetadata, (metadata) => {
        const outcome = carry(codec, metadata, 'rename');

        expect(outcome).toMatchObject({ leftOut: [] });
        expect(outcome.back).toEqual(metadata);
      }),
      { numRuns: 500 },
    );
  });

  it('comes back but for what is said to be left out, and under no other name, when names are skipped', () => {
    fc.assert(
      fc.property(userMetadata, (metadata) => {
        const { misfits, fitting } = namesOf(metadata, codec);

        const outcome = carry(codec, metadata, 'skip');

        expect(outcome.leftOut).toEqual(misfits.map((name) => `metadata ${name}`));
        expect(outcome.stored).toEqual(fitting);
        expect(outcome.back).toEqual(Object.fromEntries(Object.entries(metadata).filter(([name]) => fitting.includes(name))));
      }),
      { numRuns: 500 },
    );
  });

  it('comes back as it was and under no other name, or is refused by the name that does not fit, when that is to fail', () => {
    fc.assert(
      fc.property(userMetadata, (metadata) => {
        const [misfit] = codec.findMisfits(metadata);

        const outcome = carry(codec, metadata, 'fail');

        if (misfit === undefined) expect(outcome).toEqual({ leftOut: [], stored: Object.keys(metadata), back: metadata });
        else expect(outcome.refused).toContain(`metadata ${JSON.stringify(misfit.name)}`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a tag that does not fit', () => {
  const properties = { contentType: 'text/plain', metadata: { owner: 'jo' }, tags: { 'a?': '1', b: '2' } };
  const store = {
    ...createMemoryStore(),
    findMisfits: (): readonly Misfit[] => [{ kind: 'tag', name: 'a?', why: 'no question marks there' }],
  };

  it.each(['rename', 'fail'] as const)('is refused, since tags have no other name: %s', (mode) => {
    expect(() => fitProperties(store, properties, mode)).toThrow(/its tag "a\?": no question marks there/);
  });

  it('is left out where names are skipped, and everything else is kept', () => {
    expect(fitProperties(store, properties, 'skip')).toEqual({ properties: { ...properties, tags: { b: '2' } }, leftOut: ['tag a?'] });
  });
});
