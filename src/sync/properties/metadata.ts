import { nameEscape } from '../escape.ts';
import type { Misfit } from '../objects.ts';
import { StoreError } from '../store-error.ts';

type Metadata = Readonly<Record<string, string>>;

/** What a service keeps beside an object: the user's metadata, and ours. */
interface StoredMetadata {
  readonly user: Metadata;
  readonly own: Metadata;
}

/** How one service holds user metadata. What `encode` returns, `decode` turns back into the same. */
export interface MetadataCodec {
  /** Names and values as the service takes them. Throws `invalid-metadata` when it cannot hold them; `url` names the object. */
  encode(metadata: StoredMetadata, url: string): Record<string, string>;
  decode(stored: Metadata | undefined): StoredMetadata;
  /** What of the user's metadata the service cannot hold under the name that it has. */
  findMisfits(user: Metadata): readonly Misfit[];
}

interface MetadataRules {
  readonly service: string;
  /** Counted over names and values as they are sent. */
  readonly maxBytes: number;
  /** Names that we write, and that a user's metadata cannot take from us. */
  readonly ownNames: readonly string[];
  /** Which names it holds as they are, for people. */
  readonly rule: string;
  /** `undefined` when the service cannot hold the name. */
  encodeName(name: string): string | undefined;
  decodeName(name: string): string;
}

/** An HTTP token in lower case, which is all that S3 can hold, and so all that we carry. */
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const BLOB_OWN_NAMES = ['source_etag', 'original_key', 'crc64nvme'] as const;
const S3_OWN_NAMES = ['source-etag', 'original-key', 'crc64nvme'] as const;

/** Azure Blob Storage: C# identifiers, 8 KB. Other names are escaped as XML's EncodeName does: `my-name` is `my_x002d_name`. */
export const blobMetadata = createMetadataCodec({
  service: 'Azure Blob Storage',
  maxBytes: 8 * 1024,
  ownNames: BLOB_OWN_NAMES,
  rule: 'names there are of a-z, 0-9 and _, do not begin with a digit, and are not source_etag, original_key or crc64nvme',
  encodeName: (name) => (TOKEN.test(name) ? escapeName(name, BLOB_OWN_NAMES) : undefined),
  decodeName: nameEscape.unescape,
});

/** Amazon S3: HTTP tokens, 2 KB. */
export const s3Metadata = createMetadataCodec({
  service: 'Amazon S3',
  maxBytes: 2 * 1024,
  ownNames: S3_OWN_NAMES,
  rule: 'names there are those of HTTP headers, and not source-etag, original-key or crc64nvme',
  encodeName: (name) => (TOKEN.test(name) && !includes(S3_OWN_NAMES, name) ? name : undefined),
  decodeName: (name) => name,
});

/** Tells whether `value` can travel as an HTTP header just as it is. */
export function isHeaderText(value: string): boolean {
  return /^[!-~]([ -~]*[!-~])?$/.test(value);
}

function createMetadataCodec(rules: MetadataRules): MetadataCodec {
  const refusal = (url: string, why: string) =>
    new StoreError('invalid-metadata', `${rules.service} cannot hold the metadata of ${url}: ${why}. Change it at the source.`);

  function encodeName(name: string, url: string): string {
    const encoded = rules.encodeName(name.toLowerCase());
    if (encoded === undefined) throw refusal(url, `the name ${JSON.stringify(name)} is not allowed there`);
    return encoded;
  }

  return {
    encode({ user, own }, url) {
      // Maps, because a user may well call something `__proto__`.
      const encoded = new Map<string, string>();
      for (const [name, value] of Object.entries(user)) {
        const key = encodeName(name, url);
        if (encoded.has(key)) throw refusal(url, `two names differ from ${JSON.stringify(name)} only in case`);
        if (!value.isWellFormed()) throw refusal(url, `the value of ${JSON.stringify(name)} is not valid Unicode`);
        encoded.set(key, encodeValue(value));
      }
      for (const [name, value] of Object.entries(own)) encoded.set(name, encodeValue(value));
      const bytes = [...encoded].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      if (bytes > rules.maxBytes) throw refusal(url, `it takes ${bytes} bytes, our own included, and the limit is ${rules.maxBytes} bytes`);
      return Object.fromEntries(encoded);
    },

    decode(stored = {}) {
      const user = new Map<string, string>();
      const own = new Map<string, string>();
      for (const [storedName, value] of Object.entries(stored)) {
        const name = storedName.toLowerCase();
        if (includes(rules.ownNames, name)) own.set(name, decodeValue(value));
        else user.set(rules.decodeName(name), decodeValue(value));
      }
      return { user: Object.fromEntries(user), own: Object.fromEntries(own) };
    },

    findMisfits: (user) =>
      Object.keys(user)
        .filter((name) => rules.encodeName(name.toLowerCase()) !== name.toLowerCase())
        .map((name) => ({ kind: 'metadata', name, why: rules.rule })),
  };
}

function escapeName(name: string, ownNames: readonly string[]): string {
  return nameEscape.escape(name, includes(ownNames, name) ? /^./ : /[^a-z0-9_]|^[0-9]/);
}

/** RFC 2047 encoded words, which S3 itself uses for what is not ASCII; the space between two of them does not count. */
const ENCODED_WORDS = /^=\?utf-8\?[bq]\?[^?\s]*\?=(\s+=\?utf-8\?[bq]\?[^?\s]*\?=)*$/i;

// An empty header is dropped on its way, so an empty value is encoded too.
function encodeValue(value: string): string {
  const isPlain = isHeaderText(value) && !ENCODED_WORDS.test(value);
  return isPlain ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}

function decodeValue(value: string): string {
  if (!ENCODED_WORDS.test(value)) return value;
  return Buffer.concat(value.split(/\s+/).map(decodeWord)).toString();
}

function decodeWord(word: string): Buffer {
  const [, , encoding = '', text = ''] = word.split('?');
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const bytes = text.replaceAll('_', ' ').replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
