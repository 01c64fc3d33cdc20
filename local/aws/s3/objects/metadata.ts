import { AwsError } from '../../aws-error.ts';
import type { AwsRequest } from '../../aws-request.ts';

const PREFIX = 'x-amz-meta-';
const MAX_BYTES = 2048;
const MAX_WORD_CHARACTERS = 75;

export interface StoredMetadata {
  /** By lower-case name without the prefix, as answers show it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How many more there are, which no answer shows. */
  readonly hiddenMetadata: number;
}

/**
 * Reads the user metadata of a write; throws `MetadataTooLarge` when it is. What S3 cannot print it keeps but does not show:
 * control characters, of which HTTP lets only the tab through.
 */
export function readMetadata(request: AwsRequest): StoredMetadata {
  const entries = [...request.headers]
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), value] as const);
  checkSize(entries);
  const shown = entries.filter(([, value]) => !value.includes('\t'));
  const metadata = Object.fromEntries(shown.map(([name, value]) => [name, encodeValue(value)]));
  return { metadata, hiddenMetadata: entries.length - shown.length };
}

/** Throws when names and values, counted in bytes as they are sent, are more than S3 keeps of one kind of metadata. */
export function checkSize(entries: readonly (readonly [name: string, value: string])[]): void {
  const sizeBytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (sizeBytes <= MAX_BYTES) return;
  throw new AwsError('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', {
    Size: sizeBytes,
    MaxSizeAllowed: MAX_BYTES,
  });
}

/** How answers to GET and HEAD show it. */
export function metadataHeaders({ metadata, hiddenMetadata = 0 }: Partial<StoredMetadata>): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [`${PREFIX}${name}`, value]));
  return hiddenMetadata === 0 ? headers : { ...headers, 'x-amz-missing-meta': String(hiddenMetadata) };
}

/**
 * Turns a value as received, one character for each byte, into the one that S3 answers with. ASCII stays, encoded words of RFC 2047
 * included. S3 takes other bytes for Latin-1, so that UTF-8 comes back encoded twice (minio#21282 has an example), and writes words as
 * JavaMail does: in `Q` where most of the text is ASCII, in `B` elsewhere.
 */
function encodeValue(received: string): string {
  const foreign = received.replaceAll(/[\x20-\x7e]/g, '').length;
  if (foreign === 0) return received;
  return encodeWords(received, foreign < received.length - foreign ? encodeQ : encodeB).join(' ');
}

/** A word that is too long becomes two of half the text. */
function encodeWords(text: string, encode: (text: string) => string): string[] {
  const word = encode(text);
  if (word.length <= MAX_WORD_CHARACTERS || text.length < 2) return [word];
  const half = Math.floor(text.length / 2);
  return [...encodeWords(text.slice(0, half), encode), ...encodeWords(text.slice(half), encode)];
}

function encodeB(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function encodeQ(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  const encoded = bytes.replaceAll(/[^ -<>@-^`-~]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return `=?UTF-8?Q?${encoded.replaceAll(' ', '_')}?=`;
}
