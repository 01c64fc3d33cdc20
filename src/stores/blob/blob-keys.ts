import { keyEscape } from '../../sync/store/escape.ts';

/** Parts that no blob's name can have, or that the service would drop: a dot at the end of a segment, a backslash, control characters. */
const UNHOLDABLE = /\.(?=\/|$)|[\\\p{Cc}\ufffe\uffff]/u;

const MAX_NAME_LENGTH = 1_024;
const MAX_SEGMENTS = 254;

/** Says why a blob cannot have this name (prefix included), or `undefined` when it can. */
export function refuseBlobName(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (!name.isWellFormed()) return 'it is not valid Unicode';
  if (name.length > MAX_NAME_LENGTH) return `it is longer than ${MAX_NAME_LENGTH} characters`;
  if (/[\p{Cc}\ufffe\uffff]/u.test(name)) return 'it has a control character, or one that Azure does not allow';
  if (name.includes('\\')) return 'it has a backslash, which Azure takes for a slash';
  const segments = name.split('/');
  if (segments.length > MAX_SEGMENTS) return `it has more than ${MAX_SEGMENTS} segments between slashes`;
  // Azure drops such a dot, so that two keys would become one blob.
  if (segments.some((segment) => segment.endsWith('.'))) return 'a part of it between slashes ends with a dot';
  return undefined;
}

/** A name that a blob can have, unless it is too long, for a key that none can have; to be turned back by keyEscape. */
export function escapeBlobName(name: string): string {
  return keyEscape.escape(name, UNHOLDABLE);
}
