import { cutShort, notUnderstood } from '../../../sync/flow/follow-pages.ts';
import { createXmlScanner, type Tag, type XmlScanner } from './xml-scanner.ts';

/** A blob as a listing describes it, as far as we use it. */
export interface ListedBlob {
  readonly name: string;
  readonly sizeBytes: number;
  /** As the listing writes it, which is without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly blobType?: string;
  /** In base64, of whatever length. */
  readonly contentMd5?: string;
  readonly accessTier?: string;
  readonly archiveStatus?: string;
  /** `file` or `directory`, only in an account with a hierarchical namespace. */
  readonly resourceType?: string;
  /** By their names in lower case: the service keeps the case that the writer chose, and does not tell names by it. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A blob, or the name of what has the delimiter in it, which ends with the delimiter. */
export type Listed = ListedBlob | string;

/** An answer to List Blobs. */
export interface ListingPage {
  /** As they stand in the answer. Not every server puts blobs and names in one order. */
  readonly entries: readonly Listed[];
  /** '' on the last page. */
  readonly nextMarker: string;
}

/** The service never sends more. */
const MAX_ENTRIES = 5_000;
/** A name has 1,024 characters at most. */
const MAX_NAME_LENGTH = 4_096;

/** In the place of metadata whose name cannot be an element. The value is that name. */
const INVALID_NAME = 'x-ms-invalid-name';

/**
 * Reads an answer to List Blobs, flat or by delimiter. Throws a BrokenPageError for anything that it does not understand in what we use,
 * and for a page whose end is missing: a page without `NextMarker` is not the last one, it is none.
 */
export function readListingPage(document: string): ListingPage {
  if (document === '') throw cutShort('it is empty');
  const xml = createXmlScanner(document);
  const root = xml.tag();
  if (root.name !== 'EnumerationResults') throw notUnderstood('it is no answer to List Blobs');
  let entries: readonly Listed[] | undefined;
  let nextMarker: string | undefined;
  for (let tag = xml.child(root); tag !== undefined; tag = xml.child(root)) {
    if (tag.name === 'Blobs') entries = once(entries, tag) ?? readEntries(xml, tag);
    else if (tag.name === 'NextMarker') nextMarker = once(nextMarker, tag) ?? leaf(xml, tag);
    else xml.skip(tag);
  }
  xml.end();
  if (entries === undefined) throw cutShort('it lacks Blobs');
  if (nextMarker === undefined) throw cutShort('it lacks NextMarker');
  return { entries, nextMarker };
}

function readEntries(xml: XmlScanner, list: Tag): readonly Listed[] {
  const entries: Listed[] = [];
  for (let tag = xml.child(list); tag !== undefined; tag = xml.child(list)) {
    if (tag.name === 'Blob') entries.push(readBlob(xml, tag));
    else if (tag.name === 'BlobPrefix') entries.push(readPrefix(xml, tag));
    else throw notUnderstood('there is something else among the blobs');
    if (entries.length > MAX_ENTRIES) throw notUnderstood(`it has more than ${MAX_ENTRIES} entries`);
  }
  return entries;
}

function readPrefix(xml: XmlScanner, element: Tag): string {
  let name: string | undefined;
  for (let tag = xml.child(element); tag !== undefined; tag = xml.child(element)) {
    if (tag.name === 'Name') name = once(name, tag) ?? readName(xml, tag);
    else xml.skip(tag);
  }
  return required(name, 'Name');
}

function readBlob(xml: XmlScanner, element: Tag): ListedBlob {
  let name: string | undefined;
  let properties: Properties | undefined;
  let metadata: ReadonlyMap<string, string> | undefined;
  for (let tag = xml.child(element); tag !== undefined; tag = xml.child(element)) {
    if (tag.name === 'Name') name = once(name, tag) ?? readName(xml, tag);
    else if (tag.name === 'Properties') properties = once(properties, tag) ?? readProperties(xml, tag);
    else if (tag.name === 'Metadata') metadata = once(metadata, tag) ?? readMetadata(xml, tag);
    else xml.skip(tag);
  }
  return { name: required(name, 'Name'), ...required(properties, 'Properties'), metadata: metadata ?? NO_METADATA };
}

const NO_METADATA: ReadonlyMap<string, string> = new Map();

function readName(xml: XmlScanner, tag: Tag): string {
  const text = xml.text(tag);
  if (text.length > 3 * MAX_NAME_LENGTH) throw notUnderstood('it has a name that is longer than any');
  const name = isEncoded(tag.attributes) ? decodePercent(text) : text;
  if (name === '' || name.length > MAX_NAME_LENGTH) throw notUnderstood('it has a name that none can be');
  return name;
}

/** The service encodes a name that XML cannot hold. */
function isEncoded(attributes: string): boolean {
  if (attributes === '') return false;
  const value = /^\s+Encoded\s*=\s*["'](true|false)["']\s*$/.exec(attributes)?.[1];
  if (value === undefined) throw notUnderstood('it has a name with an unknown attribute');
  return value === 'true';
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notUnderstood('it has an encoded name that cannot be decoded');
  }
}

type Properties = Omit<ListedBlob, 'name' | 'metadata'>;

/** Properties that we read, by the service's name. */
const PROPERTIES: ReadonlySet<string> = new Set([
  'Content-Length',
  'Etag',
  'Last-Modified',
  'BlobType',
  'Content-MD5',
  'AccessTier',
  'ArchiveStatus',
  'ResourceType',
]);

function readProperties(xml: XmlScanner, element: Tag): Properties {
  const values = new Map<string, string>();
  for (let tag = xml.child(element); tag !== undefined; tag = xml.child(element)) {
    if (!PROPERTIES.has(tag.name)) xml.skip(tag);
    else values.set(tag.name, once(values.get(tag.name), tag) ?? leaf(xml, tag));
  }
  const blobType = values.get('BlobType');
  const contentMd5 = values.get('Content-MD5');
  const accessTier = values.get('AccessTier');
  const archiveStatus = values.get('ArchiveStatus');
  const resourceType = values.get('ResourceType');
  return {
    sizeBytes: sizeOf(required(values.get('Content-Length'), 'Content-Length')),
    etag: required(values.get('Etag') || undefined, 'Etag'),
    lastModified: dateOf(required(values.get('Last-Modified'), 'Last-Modified')),
    // The service lists some of them without a value where a blob has none.
    ...(blobType && { blobType }),
    ...(contentMd5 && { contentMd5 }),
    ...(accessTier && { accessTier }),
    ...(archiveStatus && { archiveStatus }),
    ...(resourceType && { resourceType }),
  };
}

function readMetadata(xml: XmlScanner, element: Tag): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  // Which of two counts is not known, so that none does; and one blob must not cost the page.
  const ambiguous = new Set<string>();
  for (let tag = xml.child(element); tag !== undefined; tag = xml.child(element)) {
    const name = tag.name.toLowerCase();
    const value = leaf(xml, tag);
    if (name === INVALID_NAME) continue;
    if (metadata.has(name)) ambiguous.add(name);
    metadata.set(name, value);
  }
  for (const name of ambiguous) metadata.delete(name);
  return metadata;
}

function leaf(xml: XmlScanner, tag: Tag): string {
  if (tag.attributes.trim() !== '') throw notUnderstood('it has an unknown attribute');
  return xml.text(tag);
}

/** Nothing, since `known` must be unknown: two of a kind would leave open which one counts. */
function once(known: unknown, { name }: Tag): undefined {
  if (known !== undefined) throw notUnderstood(`it has ${name} twice`);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw notUnderstood(`it has an entry without ${what}`);
  return value;
}

function sizeOf(text: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw notUnderstood('it has a size that is no number');
  return size;
}

/** The only form of dates that HTTP has. */
function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.toUTCString() !== text) throw notUnderstood('it has a date of an unknown form');
  return date;
}
