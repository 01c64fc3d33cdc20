import { copyParts, PART_BYTES } from './copy-parts.ts';
import type { Copied, CopyPath, CopyTask } from './copy-task.ts';
import { copyWhole } from './copy-whole.ts';
import { crc64ToBase64 } from './crc64.ts';
import { type CopyReason, type Decision, decideByHead } from './decide.ts';
import { SourceChangedError } from './read-verified.ts';
import type { FailureCode, Receipt, SkipReason } from './receipt.ts';
import type { ObjectEntry, Store } from './store.ts';
import { isStoreError, type StoreError } from './store-error.ts';

/** Objects of this size and more need more than one slice. */
export const LARGE_OBJECT_BYTES = 256 * 1024 * 1024;

/** A source that changes under us, or a destination, is looked at again; after this many tries it stays as it is until the next run. */
const MAX_TRIES = 3;

/** What is to be copied, or only if the destination's own metadata does not show that it is current. */
export type CopyDecision = Extract<Decision, { readonly action: 'copy' | 'ask-destination' }>;

export interface CopyRequest {
  readonly entry: ObjectEntry;
  readonly decision: CopyDecision;
  readonly signal: AbortSignal;
}

export interface CopierOptions extends CopyPath {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Copies one object and tells what became of it; `undefined` when the destination turns out to be current. What concerns this object alone
 * is a receipt; what would befall every other object too (no such bucket, credentials refused, the signal) is thrown.
 */
export type Copier = (request: CopyRequest) => Promise<Receipt | undefined>;

export function createCopier({ clock, ...path }: CopierOptions): Copier {
  return async (request) => {
    const startedAt = clock();
    const verdict = await copyOrExplain(path, request);
    if (verdict === undefined) return undefined;
    const { entry, ...outcome } = verdict;
    const now = clock();
    return {
      key: entry.key,
      ...outcome,
      sizeBytes: entry.sizeBytes,
      sourceEtag: entry.etag,
      at: new Date(now).toISOString(),
      milliseconds: now - startedAt,
    };
  };
}

type Verdict = { readonly entry: ObjectEntry } & (
  | {
      readonly action: 'copied';
      readonly reason: CopyReason;
      readonly destinationEtag: string;
      readonly crc64nvme: string;
      readonly verified: Copied['verified'];
      readonly way: 'streamed';
    }
  | { readonly action: 'skipped'; readonly reason: SkipReason }
  | { readonly action: 'failed'; readonly reason: FailureCode; readonly message: string }
);

async function copyOrExplain(path: CopyPath, { entry, decision, signal }: CopyRequest): Promise<Verdict | undefined> {
  const refusal = path.destination.refuseKey(entry.key);
  if (refusal !== undefined) return failed(path, entry, 'invalid-key', refusal);
  if (entry.isArchived === true) return { entry, action: 'skipped', reason: 'archived' };
  try {
    const final = decision.action === 'copy' ? decision : decideByHead(entry, await path.destination.head(entry.key, { signal }));
    return final.action === 'copy' ? await copyUntilSettled(path, { entry, condition: final.condition, signal }, final.reason) : undefined;
  } catch (error) {
    return explain(path, entry, error);
  }
}

async function copyUntilSettled(path: CopyPath, first: CopyTask, reason: CopyReason): Promise<Verdict> {
  let task = first;
  for (let triesLeft = MAX_TRIES - 1; ; triesLeft--) {
    try {
      return await copyOnce(path, task, reason);
    } catch (error) {
      const next = triesLeft > 0 ? await nextTask(path, task, error) : undefined;
      if (next === 'source-gone') return { entry: task.entry, action: 'skipped', reason: next };
      if (next === undefined) throw error;
      task = next;
    }
  }
}

async function copyOnce(path: CopyPath, task: CopyTask, reason: CopyReason): Promise<Verdict> {
  const { entry } = task;
  if (entry.sizeBytes >= LARGE_OBJECT_BYTES) return tooLarge(path, entry);
  const copy = entry.sizeBytes <= PART_BYTES ? copyWhole : copyParts;
  const { crc64, ...copied } = await copy(path, task);
  return { entry, action: 'copied', reason, ...copied, crc64nvme: crc64ToBase64(crc64, 'big-endian'), way: 'streamed' };
}

/** What to try after `error`: the task as the stores are now, or `undefined` where another try would end the same way. */
async function nextTask({ source, destination }: CopyPath, task: CopyTask, error: unknown): Promise<CopyTask | 'source-gone' | undefined> {
  const { entry, signal } = task;
  if (error instanceof SourceChangedError) {
    const fresh = await currentEntry(source, entry.key, signal);
    return fresh === undefined ? 'source-gone' : { ...task, entry: fresh };
  }
  if (isStoreError(error, 'checksum-mismatch', 'credentials-expired')) return task;
  // `not-found` is how S3 refuses to replace an object that is gone, and either store a commit whose parts another worker took.
  if (!isStoreError(error, 'precondition-failed', 'not-found') || error.isWholeStore) return undefined;
  const head = await destination.head(entry.key, { signal });
  return { ...task, condition: head === undefined ? 'if-absent' : { ifMatch: head.etag } };
}

async function currentEntry(source: Store, key: string, signal: AbortSignal): Promise<ObjectEntry | undefined> {
  const head = await source.head(key, { signal });
  return head && { key, sizeBytes: head.sizeBytes, etag: head.etag, lastModified: head.lastModified };
}

function explain(path: CopyPath, entry: ObjectEntry, error: unknown): Verdict {
  if (error instanceof SourceChangedError) {
    return failed(path, entry, 'source-changed', `It changed each time it was read, ${MAX_TRIES} times. Run again when it is at rest.`);
  }
  // A listing does not always tell what is archived.
  if (isStoreError(error, 'archived')) return { entry, action: 'skipped', reason: 'archived' };
  if (isStoreError(error) && concernsOneObject(error)) return failed(path, entry, error.code, error.message);
  throw error;
}

function concernsOneObject(error: StoreError): boolean {
  return !error.isWholeStore && error.code !== 'aborted' && error.code !== 'credentials-expired';
}

function tooLarge(path: CopyPath, entry: ObjectEntry): Verdict {
  const why = `It has ${entry.sizeBytes} bytes; objects of ${LARGE_OBJECT_BYTES} bytes and more are not supported yet.`;
  return failed(path, entry, 'too-large', why);
}

function failed({ source }: CopyPath, entry: ObjectEntry, reason: FailureCode, why: string): Verdict {
  return { entry, action: 'failed', reason, message: `Not copied: ${JSON.stringify(entry.key)} of ${source.url}: ${why}` };
}
