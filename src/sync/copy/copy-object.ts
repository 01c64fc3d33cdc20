import { type CopyDecision, hasCopiedBytes } from '../compare/decide.ts';
import { headOfCopy } from '../compare/head-of-copy.ts';
import { reasonToLeaveNew } from '../compare/overwrite.ts';
import { resolveDecision } from '../compare/resolve-decision.ts';
import type { Receipt } from '../outcomes/receipt.ts';
import {
  archived,
  type Current,
  copied,
  current,
  explain,
  left,
  MAX_TRIES,
  refuse,
  sourceGone,
  tooLarge,
  toReceipt,
  type Verdict,
} from '../outcomes/verdict.ts';
import { type ObjectVersion, versionOf } from '../store/object-version.ts';
import type { ObjectEntry } from '../store/objects.ts';
import type { Store } from '../store/store.ts';
import { isStoreError } from '../store/store-error.ts';
import { copyParts, PART_BYTES, PART_SIZES } from './copy-parts.ts';
import type { CopyPath, CopyTask } from './copy-task.ts';
import { copyWhole } from './copy-whole.ts';
import { planParts } from './part-plan.ts';
import { SourceChangedError } from './read-verified.ts';

export interface CopyRequest {
  readonly entry: ObjectVersion & Pick<ObjectEntry, 'isArchived' | 'isRestoring'>;
  readonly decision: CopyDecision;
  readonly signal: AbortSignal;
}

export interface CopierOptions extends CopyPath {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Copies one object and returns its receipt, or that the destination turned out to be current. What concerns this object alone is a
 * receipt; what concerns every other object too (no such bucket, credentials refused, throttling, the signal) is thrown.
 */
export type Copier = (request: CopyRequest) => Promise<Receipt | Current>;

export function createCopier({ clock, ...path }: CopierOptions): Copier {
  return async (request) => {
    const startedAt = clock();
    const verdict = await copyOrExplain(path, request);
    return verdict.action === 'current' ? verdict : toReceipt(verdict, startedAt, clock());
  };
}

async function copyOrExplain(path: CopyPath, request: CopyRequest): Promise<Verdict | Current> {
  const { entry, signal } = request;
  const refusal = refuse(path, entry);
  if (refusal !== undefined) return refusal;
  try {
    const verdict = await resolveAndCopy(path, request).catch((error) => explain(path, entry, error));
    return await orRestore(verdict, path, entry, signal);
  } catch (error) {
    return explain(path, entry, error);
  }
}

async function resolveAndCopy(path: CopyPath, { entry, decision, signal }: CopyRequest): Promise<Verdict | Current> {
  const final = await resolveDecision(path, entry, decision, { signal, readContent: true });
  if (final.action !== 'copy') return current(versionOf(entry, entry), final.destination, final);
  if (entry.isArchived === true) return archived(entry);
  const { action: _, ...task } = final;
  return copyUntilResolved(path, { ...task, entry: versionOf(entry, entry), signal });
}

/** Restores an object that turns out to be archived, where that is wanted. */
export async function orRestore(
  verdict: Verdict | Current,
  { restore }: Pick<CopyPath, 'restore'>,
  entry: CopyRequest['entry'],
  signal: AbortSignal,
): Promise<Verdict | Current> {
  const isArchived = verdict.action === 'skipped' && verdict.reason === 'archived';
  return isArchived && restore !== undefined ? { ...verdict, reason: await restore(entry, signal) } : verdict;
}

async function copyUntilResolved(path: CopyPath, first: CopyTask): Promise<Verdict | Current> {
  let task = first;
  for (let triesLeft = MAX_TRIES - 1; ; triesLeft--) {
    try {
      return await copyOnce(path, task);
    } catch (error) {
      const next = triesLeft > 0 ? await nextTask(path, task, error) : undefined;
      if (next === undefined) throw error;
      if ('action' in next) return next;
      task = next;
    }
  }
}

/** Copies one version, of any size, in one go. Throws SourceChangedError or a StoreError, and then nothing is written. */
export async function copyOnce(path: CopyPath, task: CopyTask): Promise<Verdict | Current> {
  const { entry, reason } = task;
  const plan = planParts(entry.sizeBytes, path.destination.uploadLimits, PART_SIZES);
  if (plan === undefined) return tooLarge(path, entry);
  const copy = await (entry.sizeBytes <= PART_BYTES ? copyWhole(path, task) : copyParts(path, task, plan));
  return 'action' in copy ? copy : copied(entry, reason, copy);
}

/**
 * What to try after `error`: the task as the stores are now; or how it ends; or `undefined` where another try would end the same way.
 * Throws StoreErrors, and a KeyCollisionError when something else has taken the place.
 */
async function nextTask(path: CopyPath, task: CopyTask, error: unknown): Promise<CopyTask | Verdict | undefined> {
  const { source, destination } = path;
  const { entry, signal } = task;
  if (error instanceof SourceChangedError) {
    const fresh = await currentVersion(source, entry, signal);
    return fresh === undefined ? sourceGone(entry) : { ...task, entry: fresh };
  }
  if (isStoreError(error, 'checksum-mismatch', 'credentials-expired')) return task;
  // `not-found` is how S3 refuses to replace an object that is gone, and either store a commit whose parts another worker took.
  if (!isStoreError(error, 'precondition-failed', 'not-found') || error.isWholeStore) return undefined;
  const head = await headOfCopy(destination, entry, { signal });
  if (head === undefined) return { ...task, condition: 'if-absent' };
  // An object with our mark and the bytes that it names is no edit: another worker copied another version.
  const leaveReason = reasonToLeaveNew(hasCopiedBytes(head) ? { ...path, isTwoWay: false } : path);
  return leaveReason === undefined ? { ...task, condition: { ifMatch: head.etag } } : left(entry, leaveReason);
}

async function currentVersion(source: Store, entry: ObjectVersion, signal: AbortSignal): Promise<ObjectVersion | undefined> {
  const head = await source.head(entry.key, { signal });
  return head && versionOf(entry, head);
}
