import { crc64FromBase64 } from '../store/crc64.ts';
import type { Misfit } from '../store/objects.ts';
import { StoreError } from '../store/store-error.ts';
import { decodeHeaderText, isEncodedWords, isHeaderText, toEncodedWord } from './header-text.ts';
import { createBlobNames, createS3Names, type NameCodec } from './metadata-names.ts';

type Metadata = Readonly<Record<string, string>>;

/** Metadata as a service keeps it: the user's, and our mark. */
interface StoredMetadata {
  readonly user: Metadata;
  /** Under its names there. Empty, or a whole mark. */
  readonly own: Metadata;
}

/** How one service holds user metadata. What `encode` returns, `decode` turns back into the same. */
export interface MetadataCodec {
  /** Names and values as the service takes them. Throws `invalid-metadata` when it cannot hold them; `url` names the object. */
  encode(metadata: StoredMetadata, url: string): Record<string, string>;
  /** A name of ours without the rest of a mark is the user's. */
  decode(stored: Metadata | undefined): StoredMetadata;
  /**
   * What of the user's metadata the service cannot hold under the name that it has, and what is too much for it. The mark, `own`, gives way
   * where there is no room for both, unless it `mustKeepMark`.
   */
  findMisfits(user: Metadata, mark?: { readonly own: Metadata; readonly mustKeepMark: boolean }): readonly Misfit[];
}

interface MetadataRules {
  readonly service: string;
  /** Counted over names and values as they are sent. */
  readonly maxBytes: number;
  /** Names that we write, and that a user's metadata cannot take from us. */
  readonly ownNames: readonly string[];
  readonly names: NameCodec;
  /** Which names it holds as they are, for people. */
  readonly rule: string;
  /** Whether an empty value can be written and read. */
  readonly holdsEmptyValues: boolean;
  /** Those names of ours among what is stored that are part of a whole mark; nothing where there is none. */
  ownIn(found: ReadonlyMap<string, string>): readonly string[];
}

const BLOB_OWN_NAMES = ['source_etag', 'original_key', 'crc64nvme', 's3_expires', 's3_website_redirect'] as const;
const S3_OWN_NAMES = ['source-etag', 'original-key', 'crc64nvme'] as const;
const ETAG = /^(?:W\/)?"[^"]*"$/;

/** Azure Blob Storage: C# identifiers, 8 KB. The SDK drops headers without a value. */
export const blobMetadata = createMetadataCodec({
  service: 'Azure Blob Storage',
  maxBytes: 8 * 1024,
  ownNames: BLOB_OWN_NAMES,
  names: createBlobNames(BLOB_OWN_NAMES),
  rule: `names there are of a-z, 0-9 and _, do not begin with a digit, and are not ${BLOB_OWN_NAMES.join(', ')}, prototype, constructor, __proto__ or _`,
  holdsEmptyValues: false,
  ownIn: (found) => (isEtag(found.get('source_etag')) && isCrc64(found.get('crc64nvme')) ? BLOB_OWN_NAMES : []),
});

/** Amazon S3: HTTP tokens, 2 KB. A mark there may be without its checksum: what is uploaded in parts, or by an earlier release, has none. */
export const s3Metadata = createMetadataCodec({
  service: 'Amazon S3',
  maxBytes: 2 * 1024,
  ownNames: S3_OWN_NAMES,
  names: createS3Names(S3_OWN_NAMES),
  rule: `names there are those of HTTP headers, and not ${S3_OWN_NAMES.join(', ')}`,
  holdsEmptyValues: true,
  ownIn: (found) => {
    if (!isEtag(found.get('source-etag'))) return [];
    return S3_OWN_NAMES.filter((name) => name !== 'crc64nvme' || isCrc64(found.get(name)));
  },
});

/** Reads our mark in the metadata that a listing of Blob Storage shows, in which names have any case. */
export function sourceEtagInBlobListing(metadata: Metadata = {}): string | undefined {
  const names = Object.keys(metadata).filter((name) => /^(?:source_etag|crc64nvme)$/i.test(name));
  if (names.length < 2) return undefined;
  return blobMetadata.decode(Object.fromEntries(names.map((name) => [name, metadata[name] ?? '']))).own['source_etag'];
}

function isEtag(value: string | undefined): boolean {
  return value !== undefined && ETAG.test(value);
}

function isCrc64(value: string | undefined): boolean {
  return crc64FromBase64(value ?? '', 'big-endian') !== undefined;
}

function createMetadataCodec(rules: MetadataRules): MetadataCodec {
  return {
    encode: (metadata, url) => encodeMetadata(rules, metadata, url),
    decode: (stored = {}) => decodeMetadata(rules, stored),
    findMisfits(user, { own, mustKeepMark } = { own: {}, mustKeepMark: false }) {
      const { names, maxBytes } = rules;
      const renamed = Object.keys(user)
        .filter((name) => names.encode(name.toLowerCase()) !== name.toLowerCase())
        .map((name): Misfit => ({ kind: 'metadata', name, why: rules.rule }));
      const markBytes = Object.entries(own).reduce((sum, [name, value]) => sum + name.length + encodeValue(rules, value).length, 0);
      const tooMuch = findTooMuch(rules, user, mustKeepMark ? maxBytes - markBytes : maxBytes);
      const isMarkOut = markBytes > 0 && tooMuch.length === 0 && findTooMuch(rules, user, maxBytes - markBytes).length > 0;
      const why = `with the metadata it has more than ${maxBytes} bytes`;
      return [...renamed, ...tooMuch, ...(isMarkOut ? [{ kind: 'mark', name: 'mark', why } as const] : [])];
    },
  };
}

function encodeMetadata(rules: MetadataRules, { user, own }: StoredMetadata, url: string): Record<string, string> {
  const { service, maxBytes, names } = rules;
  const refusal = (why: string) =>
    new StoreError('invalid-metadata', `${service} cannot hold the metadata of ${url}: ${why}. Change it at the source.`);
  // Maps, because a user may well call something `__proto__`.
  const encoded = new Map<string, string>();
  for (const [name, value] of Object.entries(user)) {
    const key = names.encode(name.toLowerCase());
    if (key === undefined) throw refusal(`the name ${JSON.stringify(name)} is not allowed there`);
    if (encoded.has(key)) throw refusal(`two names differ from ${JSON.stringify(name)} only in case`);
    if (!value.isWellFormed()) throw refusal(`the value of ${JSON.stringify(name)} is not valid Unicode`);
    encoded.set(key, encodeValue(rules, value));
  }
  for (const [name, value] of Object.entries(own)) encoded.set(name, encodeValue(rules, value));
  const bytes = [...encoded].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > maxBytes) throw refusal(`it takes ${bytes} bytes, our own included, and the limit is ${maxBytes} bytes`);
  return Object.fromEntries(encoded);
}

function decodeMetadata({ names, ownIn }: MetadataRules, stored: Metadata): StoredMetadata {
  const found = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), decodeHeaderText(value)]));
  const ours = new Set(ownIn(found));
  const user = new Map<string, string>();
  const own = new Map<string, string>();
  // A name that is not our escape is kept, and so takes precedence.
  const isEscaped = ([name]: readonly [string, string]) => Number(names.decode(name) !== name);
  for (const [storedName, value] of [...found].sort((one, other) => isEscaped(one) - isEscaped(other))) {
    const name = names.decode(storedName);
    if (ours.has(storedName)) own.set(storedName, value);
    else user.set(user.has(name) ? storedName : name, value);
  }
  return { user: Object.fromEntries(user), own: Object.fromEntries(own) };
}

/** The largest, without which the rest fits. */
function findTooMuch(rules: MetadataRules, user: Metadata, roomBytes: number): readonly Misfit[] {
  const sizes = Object.entries(user).map(([name, value]) => {
    const stored = rules.names.encode(name.toLowerCase()) ?? name;
    return { name, bytes: stored.length + encodeValue(rules, value).length };
  });
  let bytes = sizes.reduce((sum, size) => sum + size.bytes, 0);
  const why = `all metadata there may have ${roomBytes} bytes, the mark of the copy not counted, and has ${bytes}`;
  const tooMuch: Misfit[] = [];
  for (const size of sizes.sort((one, other) => other.bytes - one.bytes)) {
    if (bytes <= roomBytes) break;
    bytes -= size.bytes;
    tooMuch.push({ kind: 'metadata', name: size.name, why, hasNoOtherForm: true });
  }
  return tooMuch;
}

function encodeValue({ holdsEmptyValues }: MetadataRules, value: string): string {
  const isPlain = value === '' ? holdsEmptyValues : isHeaderText(value) && !isEncodedWords(value);
  return isPlain ? value : toEncodedWord(value);
}
