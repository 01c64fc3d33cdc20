import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListedBlob, type ListingPage, readListingPage } from '../../../src/stores/blob/listing/listing-page.ts';
import { BrokenPageError } from '../../../src/sync/flow/follow-pages.ts';

const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll(/[^\P{Cc}\t\n]|[\ufffe\uffff]/gu, ''));
const metadataName = fc.oneof(
  fc.constantFrom(
    'prototype',
    'constructor',
    '__proto__',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '_',
    '#text',
    'a.b',
    '1st',
    'Name',
    'Blob',
    'Metadata',
  ),
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
);
const blob: fc.Arbitrary<ListedBlob> = fc
  .record(
    {
      name: text.filter((name) => name !== ''),
      sizeBytes: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      etag: fc.constantFrom('0x8DF', '"quoted"', 'a&b'),
      lastModified: fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000)),
      metadata: fc
        .uniqueArray(
          fc.tuple(metadataName, fc.oneof(text, fc.constantFrom('007', '1e5', 'true', ' spaces ', ']]>', '<![CDATA[x]]>', '&amp;'))),
          {
            selector: ([name]) => name.toLowerCase(),
          },
        )
        .map((entries) => new Map(entries.map(([name, value]) => [name.toLowerCase(), value]))),
      blobType: fc.constantFrom('BlockBlob', 'PageBlob'),
      contentMd5: fc.constant('XrY7u+Ae7tCTyyK7j1rNww=='),
      accessTier: fc.constantFrom('Hot', 'Archive'),
      archiveStatus: fc.constant('rehydrate-pending-to-hot'),
      resourceType: fc.constantFrom('file', 'directory'),
    },
    { requiredKeys: ['name', 'sizeBytes', 'etag', 'lastModified', 'metadata'] },
  )
  .map((record) => ({ ...record }));
const page: fc.Arbitrary<ListingPage> = fc.record({
  entries: fc.array(
    fc.oneof(
      blob,
      text.map((name) => `${name}/`),
    ),
    { maxLength: 6 },
  ),
  nextMarker: fc.constantFrom('', '2!96!MDAw', 'a&b'),
});

const escaped = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const element = (name: string, value: string | undefined) =>
  value === undefined ? '' : value === '' ? `<${name} />` : `<${name}>${escaped(value)}</${name}>`;

/** As Azure writes it. */
function write({ entries, nextMarker }: ListingPage): string {
  const elements = entries.map((entry) => {
    if (typeof entry === 'string')
      return `<BlobPrefix>${element('Name', entry)}<Properties><ResourceType>directory</ResourceType></Properties></BlobPrefix>`;
    const properties = [
      element('Creation-Time', 'Mon, 30 Nov 2026 00:00:00 GMT'),
      element('Last-Modified', entry.lastModified.toUTCString()),
      element('Etag', entry.etag),
      element('ResourceType', entry.resourceType),
      element('Content-Length', String(entry.sizeBytes)),
      element('Content-Type', 'text/plain'),
      element('Content-Encoding', ''),
      element('Content-MD5', entry.contentMd5 ?? ''),
      element('BlobType', entry.blobType),
      element('AccessTier', entry.accessTier),
      element('ArchiveStatus', entry.archiveStatus),
      element('LeaseStatus', 'unlocked'),
    ];
    const metadata = [...entry.metadata].map(([name, value]) => element(name, value)).join('');
    return `<Blob>${element('Name', entry.name)}<Properties>${properties.join('')}</Properties>${metadata === '' ? '<Metadata />' : `<Metadata>${metadata}</Metadata>`}<OrMetadata /></Blob>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://account.blob.core.windows.net/" ContainerName="c"><Prefix>p</Prefix><MaxResults>5000</MaxResults><Blobs>${elements.join('')}</Blobs>${element('NextMarker', nextMarker)}</EnumerationResults>`;
}

function failureOf(document: string): BrokenPageError {
  try {
    readListingPage(document);
  } catch (error) {
    if (error instanceof BrokenPageError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

const ONE = write({
  entries: [{ name: 'a', sizeBytes: 1, etag: '0x1', lastModified: new Date(0), metadata: new Map([['m', 'v']]) }],
  nextMarker: '',
});

describe('a page of a listing', () => {
  it('is read as it was written, whatever the names and the metadata are', () => {
    fc.assert(
      fc.property(page, (written) => {
        expect(readListingPage(write(written))).toEqual(written);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused where it was cut short, wherever that is', () => {
    fc.assert(
      fc.property(page, fc.nat(), (written, at) => {
        const document = write(written);

        expect(failureOf(document.slice(0, at % document.length)).isCutShort).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused, or says what it said, where characters are missing, doubled or changed', () => {
    const change = fc.record({
      at: fc.nat(),
      length: fc.nat({ max: 3 }),
      to: fc.constantFrom('', '<', '>', '/', '&', '"', 'x', '\r', '<a>', '</Blob>'),
    });
    fc.assert(
      fc.property(page, change, (written, { at, length, to }) => {
        const document = write(written);
        const start = at % document.length;
        const damaged = document.slice(0, start) + to + document.slice(start + length);
        try {
          const read = readListingPage(damaged);
          // What was read is what the page says: written again and read again it stays the same.
          expect(readListingPage(write(read))).toEqual(read);
          expect(read.entries.length).toBeLessThanOrEqual(written.entries.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenPageError);
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('leaves out metadata whose name a blob has twice, in another case, and keeps the rest', () => {
    const [entry] = readListingPage(ONE.replace('<m>v</m>', '<m>v</m><n>x</n><M>w</M>')).entries;

    expect(entry).toMatchObject({ name: 'a', metadata: new Map([['n', 'x']]) });
  });

  it.each([
    ['no page', ''],
    ['white space', ' \n '],
    ['a page without Blobs', '<EnumerationResults><NextMarker /></EnumerationResults>'],
    ['a page without NextMarker', ONE.replace('<NextMarker />', '')],
  ])('is cut short: %s', (_, document) => expect(failureOf(document).isCutShort).toBe(true));

  it.each([
    ['another document', '<html><body>Sign in</body></html>'],
    ['two NextMarkers', ONE.replace('<NextMarker />', '<NextMarker /><NextMarker>x</NextMarker>')],
    ['a blob without a name', ONE.replace('<Name>a</Name>', '')],
    ['a blob without a size', ONE.replace('<Content-Length>1</Content-Length>', '')],
    ['a size that is no number', ONE.replace('>1</Content-Length>', '>1e3</Content-Length>')],
    ['a date of another form', ONE.replace('Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01')],
    ['a date that is none', ONE.replace('Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01 Jan 1970 58:00:00 GMT')],
    ['an unknown entity', ONE.replace('>a<', '>&nbsp;<')],
    ['half a surrogate pair', ONE.replace('>a<', '>&#xD83D;<')],
    ['a raw carriage return', ONE.replace('>a<', '>\r\n<')],
    ['a document type', ONE.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>')],
    ['CDATA', ONE.replace('>a<', '><![CDATA[a]]><')],
    ['a text between elements', ONE.replace('<Blobs>', '<Blobs>x')],
    ['something after its end', `${ONE}<x/>`],
    ['an unknown attribute of a name', ONE.replace('<Name>', '<Name Encoding="x">')],
    ['a name that cannot be decoded', ONE.replace('<Name>a', '<Name Encoded="true">%FF')],
    ['an element within metadata', ONE.replace('<m>v</m>', '<m><n>v</n></m>')],
    ['5,001 entries', write({ entries: Array.from({ length: 5_001 }, (_, n) => `${n}/`), nextMarker: '' })],
  ])('is not understood: %s', (_, document) => {
    const failure = failureOf(document);

    expect(failure.isCutShort).toBe(false);
    expect(failure.message.length).toBeLessThan(100);
  });

  it('has names that XML cannot hold in percents, in which a plus is a plus', () => {
    const page = readListingPage(ONE.replace('<Name>a</Name>', '<Name Encoded="true">a+b%EF%BF%BF%20c</Name>'));

    expect(page.entries).toMatchObject([{ name: 'a+b\uffff c' }]);
  });

  it('may have line breaks, and references to any character', () => {
    const document = ONE.replace('<Blobs>', '\n  <Blobs>\n').replace('>a<', '>&#34;&#x1F600;&#1;&apos;<');

    expect(readListingPage(document).entries).toMatchObject([{ name: '"😀\u0001\'' }]);
  });

  it('leaves out metadata whose names it cannot say, and tells no names by their case', () => {
    const document = ONE.replace(
      '<m>v</m>',
      '<x-ms-invalid-name>a-b</x-ms-invalid-name><x-ms-invalid-name>c d</x-ms-invalid-name><Hdi_IsFolder>TRUE</Hdi_IsFolder>',
    );

    expect(readListingPage(document).entries).toMatchObject([{ metadata: new Map([['hdi_isfolder', 'TRUE']]) }]);
  });

  it('takes no more time for a character because there are many', () => {
    const value = '&'.repeat(8_000);
    const entries = Array.from({ length: 500 }, (_, n) => ({
      ...{ name: `${n}`, sizeBytes: 1, etag: '0x1', lastModified: new Date(0), metadata: new Map([['m', value]]) },
    }));

    expect(readListingPage(write({ entries, nextMarker: '' })).entries).toHaveLength(500);
  });
});
