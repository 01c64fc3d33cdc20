import { type Crc64, createRunningCrc64 } from '../crc64.ts';
import type { ObjectHead } from '../objects.ts';
import type { CallOptions, Store } from '../store.ts';
import { isCopyOf } from './decide.ts';

/** What shows that the contents of two objects are equal, or are not; `source-etag`: one is marked as the copy of this version of the other. */
export type Evidence = 'crc64nvme' | 'md5' | 'content' | 'source-etag';

export type Proof =
  | { readonly verdict: 'equal'; readonly by: Evidence }
  | { readonly verdict: 'different'; readonly by: Evidence | 'size' }
  /** Both keep no checksum of the same kind, and their contents were not to be read. */
  | { readonly verdict: 'unprovable' };

/** An object as a HEAD has just told of it. */
export interface HeadedObject {
  readonly store: Pick<Store, 'read'>;
  readonly key: string;
  readonly head: ObjectHead;
}

interface ProofOptions extends CallOptions {
  /** Whether contents may be read where checksums tell nothing. */
  readonly readContent: boolean;
}

/**
 * Compares the contents of two objects by what their stores keep of them; else, where that is allowed, by reading, in which bytes are held
 * for a moment only; else by our marks. The checksum that we leave in a blob's metadata counts as kept: who writes a blob anew and puts our
 * metadata on it again would be believed. Throws StoreErrors: `precondition-failed` when an object changes while it is read.
 */
export async function proveEqual(one: HeadedObject, other: HeadedObject, options: ProofOptions): Promise<Proof> {
  if (one.head.sizeBytes !== other.head.sizeBytes) return { verdict: 'different', by: 'size' };
  const kept = compareKept(one.head, other.head);
  if (kept !== undefined) return kept;
  if (!options.readContent) return isMarked(one, other) ? { verdict: 'equal', by: 'source-etag' } : { verdict: 'unprovable' };
  const [first, second] = [await checksumOf(one, options), await checksumOf(other, options)];
  return { verdict: verdictOf(first === second), by: 'content' };
}

/** Of what both keep, all must agree. */
function compareKept(one: ObjectHead, other: ObjectHead): Proof | undefined {
  const kept: readonly [Evidence, unknown, unknown][] = [
    ['crc64nvme', crc64Of(one), crc64Of(other)],
    ['md5', one.md5 ?? one.claimedMd5, other.md5 ?? other.claimedMd5],
  ];
  const both = kept.filter(([, first, second]) => first !== undefined && second !== undefined);
  const [by] = both.find(([, first, second]) => first !== second) ?? both[0] ?? [];
  return by && { verdict: verdictOf(both.every(([, first, second]) => first === second)), by };
}

/** The bytes of a copy are compared when it is made. Who writes others under our metadata would be believed. */
function isMarked(one: HeadedObject, other: HeadedObject): boolean {
  return isCopyOf(one.head, other.head) || isCopyOf(other.head, one.head);
}

function crc64Of({ crc64, provenance }: ObjectHead): Crc64 | undefined {
  return crc64 ?? provenance?.crc64;
}

function verdictOf(isEqual: boolean): 'equal' | 'different' {
  return isEqual ? 'equal' : 'different';
}

/** Reads only what keeps no checksum. */
async function checksumOf({ store, key, head }: HeadedObject, { signal }: CallOptions): Promise<Crc64> {
  const kept = crc64Of(head);
  if (kept !== undefined) return kept;
  const running = await createRunningCrc64();
  const { body } = await store.read(key, { ifMatch: head.etag, ...(signal && { signal }) });
  for await (const bytes of body) running.add(bytes);
  return running.digest();
}
