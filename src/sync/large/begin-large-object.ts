import { type CopyDecision, decideByHead, hasCopiedBytes, type ResolvedDecision } from '../compare/decide.ts';
import { headOfCopy } from '../compare/head-of-copy.ts';
import { type LeaveReason, type OverwriteRules, reasonToLeave, reasonToLeaveNew } from '../compare/overwrite.ts';
import { entryOf } from '../compare/pair-by-head.ts';
import { decideByHeads } from '../compare/resolve-decision.ts';
import { copyOnce } from '../copy/copy-object.ts';
import type { CopyPath } from '../copy/copy-task.ts';
import { findOrigin } from '../copy/origin.ts';
import { type PartPlan, type PartSizes, planParts } from '../copy/part-plan.ts';
import { archived, type Current, current, explain, left, refuse, sourceGone, tooLarge, type Verdict } from '../outcomes/verdict.ts';
import { describeCopy } from '../properties/carry.ts';
import { destinationKeyOf, type ObjectVersion, versionOf } from '../store/object-version.ts';
import type { ObjectHead } from '../store/objects.ts';
import type { Store, UploadRequest } from '../store/store.ts';
import type { LargeTask, LargeUpload } from './large-task.ts';

type Begun = Omit<LargeUpload, 'startedAt' | 'triesLeft'>;

/** Begins the upload of a large object, or returns what became of it without one. */
export async function beginLargeObject(
  path: CopyPath,
  task: LargeTask,
  partSizes: PartSizes,
  signal: AbortSignal,
): Promise<Begun | Verdict | Current> {
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
  readonly decision: ResolvedDecision;
  /** HEAD of the source. */
  readonly head: ObjectHead;
  readonly leaveReason: LeaveReason | undefined;
}

/** Asks both ends, which may have changed since a slice listed them; `undefined` when the source is gone. */
async function lookAgain(path: CopyPath, task: LargeTask, signal: AbortSignal): Promise<LatestTask | undefined> {
  const { source, destination } = path;
  const { key, etag } = task.entry;
  const [head, there] = await Promise.all([source.head(key, { signal }), headOfCopy(destination, task.entry, { signal })]);
  if (head === undefined) return undefined;
  const entry = head.etag === etag ? task.entry : versionOf(task.entry, head);
  const heads = { here: head, there };
  const decision = await decideAnew(path, { ...task, entry }, heads, signal);
  return { entry, head, decision, leaveReason: isAsListed(there, task.decision) ? undefined : reasonToLeaveHead(path, key, heads) };
}

/** The slice did not see this version of the destination's object, or left the question open. */
function reasonToLeaveHead(rules: OverwriteRules, key: string, { here, there }: HeadsNow): LeaveReason | undefined {
  if (there === undefined) return undefined;
  // An object with our mark and the bytes that it names is no edit: another worker copied another version.
  if (rules.isTwoWay && !hasCopiedBytes(there)) return reasonToLeaveNew(rules);
  return reasonToLeave({ source: entryOf(key, here), destination: entryOf(key, there) }, rules, 'auto');
}

interface HeadsNow {
  readonly here: ObjectHead;
  readonly there: ObjectHead | undefined;
}

async function decideAnew(
  path: CopyPath,
  { entry, decision }: LargeTask,
  { here, there }: HeadsNow,
  signal: AbortSignal,
): Promise<ResolvedDecision> {
  if (isAsListed(there, decision)) return decision;
  // To read all of a large object takes longer than there is time for here.
  const isOfBoth = decision.action === 'ask-both' || decision.action === 'ask-properties';
  if (isOfBoth && there) return decideByHeads(path, entry, decision, { here, there }, { signal, readContent: false });
  return decideByHead(entry, there, decision.action === 'ask-destination' ? decision : {});
}

/** Objects written since the listing, perhaps by an earlier try of ours, are judged by themselves. */
function isAsListed(there: ObjectHead | undefined, decision: CopyDecision): decision is Extract<CopyDecision, ResolvedDecision> {
  if (decision.action !== 'copy') return false;
  return decision.condition === 'if-absent' ? there === undefined : there?.etag === decision.condition.ifMatch;
}

async function beginLatest(
  path: CopyPath,
  { entry, decision, head, leaveReason }: LatestTask,
  partSizes: PartSizes,
  signal: AbortSignal,
): Promise<Begun | Verdict | Current> {
  if (decision.action !== 'copy') return current(entry, decision.destination, decision);
  if (leaveReason !== undefined) return left(entry, leaveReason);
  const { action: _, ...how } = decision;
  const task = { ...how, entry, signal };
  const origin = await findOrigin(path, task, head);
  if (origin !== undefined) return origin;
  // It was large when it was listed.
  if (entry.sizeBytes <= partSizes.bufferBytes) return copyOnce(path, task);
  const plan = planParts(entry.sizeBytes, path.destination.uploadLimits, partSizes);
  if (plan === undefined) return tooLarge(path, entry);
  const { description, leftOut } = await describeCopy(path, { entry, signal }, head.properties);
  const begun = await beginUpload(
    path.destination,
    { key: destinationKeyOf(entry), sizeBytes: entry.sizeBytes, ...description },
    plan,
    signal,
  );
  return { entry, ...begun, ...how, leftOut };
}

/** One request more, where all that was copied would be copied for nothing if it turned out that something is in the way. */
async function beginUpload(
  destination: Store,
  request: UploadRequest,
  plan: PartPlan,
  signal: AbortSignal,
): Promise<Pick<Begun, 'upload' | 'plan'>> {
  const beside = await destination.beginUploadBeside?.(request, { signal });
  // No listing knows its parts, and those that are streamed need none.
  if (beside !== undefined) return { upload: beside, plan: { ...plan, isStreamed: true } };
  return { upload: await destination.beginUpload(request, { signal }), plan };
}
