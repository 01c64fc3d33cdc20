import { copyParts, PART_BYTES, PART_SIZES } from './copy-parts.ts';
import { type CopyPath, type CopyTask, type ObjectVersion, versionOf } from './copy-task.ts';
import { copied, explain, MAX_TRIES, refuse, sourceGone, tooLarge, toReceipt, type Verdict } from './copy-verdict.ts';
import { copyWhole } from './copy-whole.ts';
import type { CopyDecision, CopyReason } from './decide.ts';
import { planParts } from './part-plan.ts';
import { SourceChangedError } from './read-verified.ts';
import type { Receipt } from './receipt.ts';
import { settleDecision } from './settle-decision.ts';
import type { ObjectEntry, Store } from './store.ts';
import { isStoreError } from './store-error.ts';

export interface CopyRequest {
  readonly entry: ObjectVersion & Pick<ObjectEntry, 'isArchived'>;
  readonly decision: CopyDecision;
  readonly signal: AbortSignal;
}

export interface CopierOptions extends CopyPath {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Copies one object and tells what became of it; `undefined` when the destination turns out to be current. What concerns this object alone
 * is a receipt; what would befall every other object too (no such bucket, credentials refused, throttling, the signal) is thrown.
 */
export type Copier = (request: CopyRequest) => Promise<Receipt | undefined>;

export function createCopier({ clock, ...path }: CopierOptions): Copier {
  return async (request) => {
    const startedAt = clock();
    const verdict = await copyOrExplain(path, request);
    return verdict && toReceipt(verdict, startedAt, clock());
  };
}

async function copyOrExplain(path: CopyPath, { entry, decision, signal }: CopyRequest): Promise<Verdict | undefined> {
  const refusal = refuse(path, entry);
  if (refusal !== undefined) return refusal;
  try {
    const final = await settleDecision(path, entry, decision, { signal });
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
      if (next === 'source-gone') return sourceGone(task.entry);
      if (next === undefined) throw error;
      task = next;
    }
  }
}

/** Copies one version, of any size, in one go. Throws SourceChangedError or a StoreError, and then nothing is written. */
export async function copyOnce(path: CopyPath, task: CopyTask, reason: CopyReason): Promise<Verdict> {
  const { entry } = task;
  if (entry.sizeBytes <= PART_BYTES) return copied(entry, reason, await copyWhole(path, task));
  const plan = planParts(entry.sizeBytes, path.destination.uploadLimits, PART_SIZES);
  return plan === undefined ? tooLarge(path, entry) : copied(entry, reason, await copyParts(path, task, plan));
}

/** What to try after `error`: the task as the stores are now, or `undefined` where another try would end the same way. */
async function nextTask({ source, destination }: CopyPath, task: CopyTask, error: unknown): Promise<CopyTask | 'source-gone' | undefined> {
  const { entry, signal } = task;
  if (error instanceof SourceChangedError) {
    const fresh = await currentVersion(source, entry.key, signal);
    return fresh === undefined ? 'source-gone' : { ...task, entry: fresh };
  }
  if (isStoreError(error, 'checksum-mismatch', 'credentials-expired')) return task;
  // `not-found` is how S3 refuses to replace an object that is gone, and either store a commit whose parts another worker took.
  if (!isStoreError(error, 'precondition-failed', 'not-found') || error.isWholeStore) return undefined;
  const head = await destination.head(entry.key, { signal });
  return { ...task, condition: head === undefined ? 'if-absent' : { ifMatch: head.etag } };
}

async function currentVersion(source: Store, key: string, signal: AbortSignal): Promise<ObjectVersion | undefined> {
  const head = await source.head(key, { signal });
  return head && versionOf(key, head);
}
