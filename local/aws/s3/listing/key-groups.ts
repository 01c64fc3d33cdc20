import type { ListedObject, Objects } from '../../storage/objects.ts';

/** What a listing shows: an object, or the common prefix of the keys that a delimiter folds together. */
export type ListEntry = { readonly commonPrefix: string } | ListedObject;

export interface KeyQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** '' folds nothing. */
  readonly delimiter: string;
  /** The first key, as bytes, that may be shown. */
  readonly from: Buffer;
}

export interface KeyPage {
  readonly entries: readonly ListEntry[];
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: Buffer | undefined;
}

/** Up to `limit` entries, ascending by UTF-8 bytes. Keys behind a common prefix are skipped without being read. */
export function listKeyGroups(objects: Objects, query: KeyQuery, limit: number): KeyPage {
  const { bucket, prefix, delimiter } = query;
  const to = firstKeyBehind(prefix);
  const entries: ListEntry[] = [];
  let from = laterOf(query.from, Buffer.from(prefix));
  while (entries.length < limit) {
    // Where keys may be folded they are read one by one, so that a large group costs no more than a small one.
    const batch = objects.list(bucket, { from, to }, delimiter === '' ? limit - entries.length : 1);
    const found = batch.map((listed) => foldObject(listed, query));
    const last = found.at(-1);
    if (last === undefined) return { entries, next: undefined };
    entries.push(...found);
    from = 'object' in last ? firstKeyAfter(last.key) : firstKeyBehind(last.commonPrefix);
  }
  const isMore = objects.list(bucket, { from, to }, 1).length > 0;
  return { entries, next: isMore ? from : undefined };
}

function foldObject(listed: ListedObject, query: KeyQuery): ListEntry {
  const commonPrefix = foldKey(listed.key, query);
  return commonPrefix === undefined ? listed : { commonPrefix };
}

function laterOf(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) < 0 ? b : a;
}

/** The least key greater than `key`. */
export function firstKeyAfter(key: string): Buffer {
  return Buffer.concat([Buffer.from(key), Buffer.of(0)]);
}

/** A sequence of bytes behind all keys that begin with `prefix`, and before all greater ones. */
export function firstKeyBehind(prefix: string): Buffer {
  // UTF-8 has no byte 0xff.
  return Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)]);
}

/** The common prefix that `key` is folded into, if it is. */
export function foldKey(key: string, { prefix, delimiter }: Pick<KeyQuery, 'prefix' | 'delimiter'>): string | undefined {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}
