import { createHash } from 'node:crypto';
import { anyRecordOf, type ContentRecord, serviceRecordOf } from '../store/content-record.ts';
import { type Crc64, createRunningCrc64 } from '../store/crc64.ts';
import type { ObjectHead } from '../store/objects.ts';
import { readPinned } from '../store/read-pinned.ts';
import type { CallOptions, Store } from '../store/store.ts';
import { isCopyOf } from './decide.ts';

/**
 * Evidence that the contents of two objects are equal, or are not. `source-etag`: one is marked as the copy of this version of the other;
 * `size`: only empty objects are equal by it; `versions`: they are the versions of a proved pair.
 */
export type Evidence = 'crc64nvme' | 'md5' | 'content' | 'source-etag' | 'size' | 'versions';

/**
 * By whose word. `services`: what both services say of what they keep; `content`: what was read of each side, but of one of which the
 * service keeps a checksum; `index`: an earlier run proved these very versions equal, and both services still list them; `writer`: whoever
 * wrote one of the objects could set what was compared (metadata, or a blob's Content-MD5).
 */
export type ProofRecord = 'services' | 'content' | 'index' | 'writer';

export type Proof =
  | { readonly verdict: 'equal'; readonly by: Evidence; readonly record: ProofRecord }
  | { readonly verdict: 'different'; readonly by: Evidence; readonly record: 'services' | 'content' }
  /**
   * Contents were not to be read, and there is nothing to compare (`no-common-checksum`), or what a writer could set differs
   * (`checksums-differ`): then it may be outdated, or the content is another.
   */
  | { readonly verdict: 'unprovable'; readonly reason: 'no-common-checksum' | 'checksums-differ' };

/** An object as a HEAD has just told of it. */
export interface HeadedObject {
  readonly store: Pick<Store, 'read'>;
  readonly key: string;
  readonly head: ObjectHead;
}

interface ProofOptions extends CallOptions {
  /** Whether contents may be read where the services do not tell by themselves. */
  readonly readContent: boolean;
}

/**
 * Compares the contents of two objects by what their services keep of them; else, where that is allowed, by reading what no service vouches
 * for, in which bytes are held for a moment only; else by what their writers left with them. Throws StoreErrors: `precondition-failed` when
 * an object changes while it is read.
 */
export async function proveEqual(one: HeadedObject, other: HeadedObject, options: ProofOptions): Promise<Proof> {
  if (one.head.sizeBytes !== other.head.sizeBytes) return { verdict: 'different', by: 'size', record: 'services' };
  if (one.head.sizeBytes === 0) return { verdict: 'equal', by: 'size', record: 'services' };
  const kept = compareRecords(serviceRecordOf(one.head), serviceRecordOf(other.head));
  if (kept !== undefined) return { verdict: verdictOf(kept.isEqual), by: kept.by, record: 'services' };
  if (!options.readContent) return compareClaims(one.head, other.head);
  return { verdict: verdictOf(await haveEqualContents(one, other, options)), by: 'content', record: 'content' };
}

interface Compared {
  readonly isEqual: boolean;
  readonly by: 'crc64nvme' | 'md5';
}

/** Compares the checksums that both have, which must all agree; `undefined` where they have none in common. */
export function compareRecords(one: ContentRecord, other: ContentRecord): Compared | undefined {
  const all: readonly [Compared['by'], unknown, unknown][] = [
    ['crc64nvme', one.crc64, other.crc64],
    ['md5', one.md5, other.md5],
  ];
  const both = all.filter(([, first, second]) => first !== undefined && second !== undefined);
  const differing = both.find(([, first, second]) => first !== second);
  const [by] = differing ?? both[0] ?? [];
  return by && { isEqual: differing === undefined, by };
}

function compareClaims(one: ObjectHead, other: ObjectHead): Proof {
  const claimed = compareRecords(anyRecordOf(one), anyRecordOf(other));
  if (claimed?.isEqual) return { verdict: 'equal', by: claimed.by, record: 'writer' };
  if (claimed !== undefined) return { verdict: 'unprovable', reason: 'checksums-differ' };
  const isMarked = isCopyOf(one, other) || isCopyOf(other, one);
  return isMarked ? { verdict: 'equal', by: 'source-etag', record: 'writer' } : { verdict: 'unprovable', reason: 'no-common-checksum' };
}

function verdictOf(isEqual: boolean): 'equal' | 'different' {
  return isEqual ? 'equal' : 'different';
}

/** Reads one side where the service keeps a checksum of the other, else both. */
async function haveEqualContents(one: HeadedObject, other: HeadedObject, options: CallOptions): Promise<boolean> {
  for (const kind of ['crc64', 'md5'] as const) {
    for (const [kept, read] of [
      [one, other],
      [other, one],
    ] as const) {
      const record = serviceRecordOf(kept.head)[kind];
      if (record !== undefined) return (await digestOf(read, kind, options)) === record;
    }
  }
  return (await digestOf(one, 'sha256', options)) === (await digestOf(other, 'sha256', options));
}

async function digestOf(
  { store, key, head }: HeadedObject,
  kind: 'crc64' | 'md5' | 'sha256',
  options: CallOptions,
): Promise<Crc64 | string> {
  const { body } = await readPinned(store, { key, etag: head.etag, sizeBytes: head.sizeBytes }, options);
  if (kind === 'crc64') {
    const running = await createRunningCrc64();
    for await (const bytes of body) running.add(bytes);
    return running.digest();
  }
  const hash = createHash(kind);
  for await (const bytes of body) hash.update(bytes);
  return hash.digest('hex');
}
