import { isUtf8 } from 'node:buffer';
import { invalidArgument } from './errors.ts';

/**
 * Turns a metadata value as received, one character for each byte, into the one that S3 answers with: printable ASCII stays, other
 * UTF-8 comes back in RFC 2047 encoding.
 */
export function encodeMetadataValue(name: string, received: string): string {
  if (/^[\x20-\x7e]*$/.test(received)) return received;
  const bytes = Buffer.from(received, 'latin1');
  if (!isUtf8(bytes)) throw invalidArgument(`x-amz-meta-${name}`, '', 'Metadata values must be UTF-8.');
  return `=?UTF-8?B?${bytes.toString('base64')}?=`;
}
