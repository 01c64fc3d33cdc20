import { keyEscape } from '../../sync/store/escape.ts';

const MAX_KEY_BYTES = 1_024;

/** Says why S3 cannot hold an object with this key (prefix included), or `undefined` when it can. */
export function refuseS3Key(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (!key.isWellFormed()) return 'it is not valid Unicode';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes of UTF-8`;
  // S3 still takes this path for that of its SOAP interface when the bucket is in the host name.
  if (key === 'soap') return 'S3 keeps this name for itself';
  return undefined;
}

/** A key that an object can have, unless it is too long; to be turned back by keyEscape. */
export function escapeS3Key(key: string): string {
  return keyEscape.escape(key, /^s(?=oap$)/);
}
