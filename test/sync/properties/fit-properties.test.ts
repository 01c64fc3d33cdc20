import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitProperties, type MetadataMode } from '../../../src/sync/properties/fit-properties.ts';
import { blobMetadata, type MetadataCodec, s3Metadata } from '../../../src/sync/properties/metadata.ts';
import type { Misfit, ObjectProperties } from '../../../src/sync/store/objects.ts';
import { isStoreError } from '../../../src/sync/store/store-error.ts';
import { createMemoryStore } from '../../support/stores/memory-store.ts';
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
    const { properties, leftOut } = fitProperties(
      storeWith((all) => codec.findMisfits(all)),
      { properties: { metadata } },
      mode,
    );
    const stored = codec.encode({ user: properties.metadata, own: {} }, 'memory://store/key');
    return { leftOut, stored: Object.keys(stored), back: codec.decode(stored).user };
  } catch (error) {
    if (isStoreError(error, 'invalid-metadata')) return { refused: error.message };
    throw error;
  }
}

/** Names may be such that they are lost in an object. */
const sorted = (metadata: object = {}) => Object.entries(metadata).sort(([one], [other]) => (one < other ? -1 : 1));

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
        expect(sorted(outcome.back)).toEqual(sorted(metadata));
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
        expect(sorted(outcome.back)).toEqual(sorted(metadata).filter(([name]) => fitting.includes(name)));
      }),
      { numRuns: 500 },
    );
  });

  it('comes back as it was and under no other name, or is refused by the name that does not fit, when that is to fail', () => {
    fc.assert(
      fc.property(userMetadata, (metadata) => {
        const [misfit] = codec.findMisfits(metadata);

        const outcome = carry(codec, metadata, 'fail');

        if (misfit === undefined) expect(sorted(outcome.back)).toEqual(sorted(metadata));
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
    findMisfits: ({ tags = {} }: ObjectProperties): readonly Misfit[] =>
      'a?' in tags ? [{ kind: 'tag', name: 'a?', why: 'no question marks there' }] : [],
  };

  it.each(['rename', 'fail'] as const)('is refused, since tags have no other name: %s', (mode) => {
    expect(() => fitProperties(store, { properties }, mode)).toThrow(/its tag "a\?": no question marks there/);
  });

  it('is left out where names are skipped, and everything else is kept', () => {
    expect(fitProperties(store, { properties }, 'skip')).toEqual({ properties: { ...properties, tags: { b: '2' } }, leftOut: ['tag a?'] });
  });
});

const ETAG = '"1"';

/** A store of a service, as far as its metadata go. */
const s3Like = storeOf((metadata) => s3Metadata.findMisfits(metadata, { own: { 'source-etag': ETAG }, mustKeepMark: false }));
const s3Escaped = storeOf((metadata) => s3Metadata.findMisfits(metadata, { own: { 'original-key': 'a.' }, mustKeepMark: true }));

function storeOf(findMisfits: (metadata: Readonly<Record<string, string>>) => readonly Misfit[]) {
  return { findMisfits: ({ metadata }: ObjectProperties) => findMisfits(metadata) };
}

describe('metadata that leave no room for the mark', () => {
  const metadata = { big: 'x'.repeat(2 * 1024 - 3) };
  const provenance = { sourceEtag: ETAG };

  it.each(['rename', 'skip', 'fail'] as const)('are kept, and the mark is left out with a note: %s', (mode) => {
    expect(fitProperties(s3Like, { properties: { metadata }, provenance }, mode)).toEqual({ properties: { metadata }, leftOut: ['mark'] });
  });

  it('are too much where the mark has the key that the object gets again', () => {
    const described = { properties: { metadata }, provenance: { ...provenance, originalKey: 'a.' } };

    expect(() => fitProperties(s3Escaped, described, 'rename')).toThrow(/its metadata "big": all metadata there may have 2034 bytes/);
    expect(fitProperties(s3Escaped, described, 'skip')).toEqual({ ...described, properties: { metadata: {} }, leftOut: ['metadata big'] });
  });

  it('are cut to what there is room for where they are skipped, the largest first', () => {
    const tooMuch = { small: 'x', large: 'x'.repeat(3_000), medium: 'x'.repeat(1_000) };
    const { medium, small } = tooMuch;

    const fitted = fitProperties(s3Like, { properties: { metadata: tooMuch }, provenance }, 'skip');

    expect(fitted).toEqual({ properties: { metadata: { small, medium } }, provenance, leftOut: ['metadata large'] });
  });

  it.each(['rename', 'fail'] as const)('and none for themselves are refused, with what would help: %s', (mode) => {
    const described = { properties: { metadata: { large: 'x'.repeat(3_000) } }, provenance };

    expect(() => fitProperties(s3Like, described, mode)).toThrow(/2048 bytes.*metadata: "skip"/);
  });
});

describe('headers', () => {
  const store = storeOf(() => []);
  const fitted = (headers: Omit<ObjectProperties, 'metadata'>, mode: MetadataMode) =>
    fitProperties(store, { properties: { ...headers, metadata: {} } }, mode);

  it.each(['rename', 'skip'] as const)('get the form in which HTTP can carry them: %s', (mode) => {
    const contentDisposition = 'attachment; filename="résumé.pdf"';

    expect(fitted({ contentDisposition, cacheControl: 'no-cache,\tno-store' }, mode)).toEqual({
      properties: {
        contentDisposition: `attachment; filename="r_sum_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf`,
        cacheControl: 'no-cache, no-store',
        metadata: {},
      },
      leftOut: [],
    });
  });

  it.each([
    [{ contentLanguage: 'français' }, 'Content-Language'],
    [{ cacheControl: 'a\u0001b' }, 'Cache-Control'],
    [{ contentType: 'text/日本' }, 'Content-Type'],
    [{ contentDisposition: 'résumé.pdf' }, 'Content-Disposition'],
    [{ contentDisposition: 'attachment; filename="a\u0000é' }, 'Content-Disposition'],
    [{ contentEncoding: 'gzip\nx' }, 'Content-Encoding'],
    [{ expires: 'nächstes Jahr' }, 'Expires'],
  ])('that have none are left out where that is allowed, and else named: %j', (headers, name) => {
    expect(fitted(headers, 'skip')).toEqual({ properties: { metadata: {} }, leftOut: [`header ${name}`] });
    expect(() => fitted(headers, 'rename')).toThrow(`its header "${name}": it is not printable ASCII`);
    expect(() => fitted(headers, 'fail')).toThrow(`its header "${name}"`);
  });

  it.each([{ contentDisposition: 'attachment; filename="résumé.pdf"' }, { cacheControl: 'a,\tb' }])(
    'are changed in nothing where that is to fail: %j',
    (headers) => {
      expect(() => fitted(headers, 'fail')).toThrow('it is not printable ASCII');
    },
  );

  it('with metadata that the source hides are refused, or named as left out', () => {
    expect(() => fitted({ hiddenMetadata: 2 }, 'rename')).toThrow('x-amz-missing-meta (2)');
    expect(fitted({ hiddenMetadata: 2 }, 'skip')).toEqual({ properties: { metadata: {} }, leftOut: ['header x-amz-missing-meta (2)'] });
  });
});
