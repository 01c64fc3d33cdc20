import { type CopyDecision, decideByHead, type SettledDecision } from '../compare/decide.ts';
import { headOfCopy } from '../compare/head-of-copy.ts';
import { reasonToLeave } from '../compare/overwrite.ts';
import { decideByProof } from '../compare/settle-decision.ts';
import { copyOnce } from '../copy/copy-object.ts';
import { type CopyPath, isEcho } from '../copy/copy-task.ts';
import { archived, explain, left, refuse, sourceGone, tooLarge, type Verdict } from '../copy/copy-verdict.ts';
import { type PartSizes, planParts } from '../copy/part-plan.ts';
import { destinationKeyOf, type ObjectVersion, versionOf } from '../object-version.ts';
import type { ObjectHead } from '../objects.ts';
import { describeCopy } from '../properties/carry.ts';
import type { LargeTask, LargeUpload } from './large-task.ts';

type Begun = Omit<LargeUpload, 'startedAt' | 'triesLeft'>;

/** Begins the upload of a large object, or tells what became of it without one; `undefined` when the destination turns out to be current. */
export async function beginLargeObject(
  path: CopyPath,
  task: LargeTask,
  partSizes: PartSizes,
  signal: AbortSignal,
): Promise<Begun | Verdict | undefined> {
  const refusal = refuse(path, task.entry);
  if (refusal !== undefined) return refusal;
  if (task.entry.isArchived === true) return archived(task.entry);
  try {
    const latest = await lookAgain(path, task, signal);
    return latest === undefined ? sourceGone(task.entry) : await beginLatest(path, latest, partSizes, signal);
  } catch (error) {
    return explain(path, task.entry, error);
  }
}

/** A task as both ends are now. */
interface LatestTask {
  readonly entry: ObjectVersion;
  readonly decision: SettledDecision;
  /** Of the source. */
  readonly head: ObjectHead;
  /** Of the destination, where there is an object. */
  readonly there: ObjectHead | undefined;
}

/** Asks both ends, which may have changed since a slice listed them; `undefined` when the source is gone. */
async function lookAgain(path: CopyPath, task: LargeTask, signal: AbortSignal): Promise<LatestTask | undefined> {
  const { source, destination } = path;
  const { key, etag } = task.entry;
  const [head, there] = await Promise.all([source.head(key, { signal }), headOfCopy(destination, task.entry, { signal })]);
  if (head === undefined) return undefined;
  const entry = head.etag === etag ? task.entry : versionOf(task.entry, head);
  return { entry, head, there, decision: await decideAnew(path, { ...task, entry }, { here: head, there }, signal) };
}

async function decideAnew(
  path: CopyPath,
  { entry, decision }: LargeTask,
  { here, there }: { readonly here: ObjectHead; readonly there: ObjectHead | undefined },
  signal: AbortSignal,
): Promise<SettledDecision> {
  if (isAsListed(there, decision)) return decision;
  // To read all of a large object takes longer than there is time for here.
  if (decision.action === 'ask-both' && there) return decideByProof(path, entry, { here, there }, { signal, readContent: false });
  return decideByHead(entry, there);
}

/** What was written since the listing, perhaps by an earlier try of ours, is to be judged by itself. */
function isAsListed(there: ObjectHead | undefined, decision: CopyDecision): decision is Extract<CopyDecision, SettledDecision> {
  if (decision.action !== 'copy') return false;
  return decision.condition === 'if-absent' ? there === undefined : there?.etag === decision.condition.ifMatch;
}

async function beginLatest(
  path: CopyPath,
  { entry, decision, head, there }: LatestTask,
  partSizes: PartSizes,
  signal: AbortSignal,
): Promise<Begun | Verdict | undefined> {
  if (decision.action !== 'copy' || isEcho(decision, head.provenance)) return undefined;
  const leaveReason = reasonToLeave({ source: head, ...(there && { destination: there }) }, path.overwrite ?? 'changed');
  if (leaveReason !== undefined) return left(entry, leaveReason);
  const { condition, reason } = decision;
  // It was large when it was listed.
  if (entry.sizeBytes <= partSizes.bufferBytes) return copyOnce(path, { entry, reason, condition, signal });
  const plan = planParts(entry.sizeBytes, path.destination.uploadLimits, partSizes);
  if (plan === undefined) return tooLarge(path, entry);
  const [key, sizeBytes] = [destinationKeyOf(entry), entry.sizeBytes];
  const { description, leftOut } = await describeCopy(path, { entry, signal }, head.properties);
  const upload = await path.destination.beginUpload({ key, sizeBytes, ...description }, { signal });
  return { entry, upload, plan, condition, reason, leftOut };
}
