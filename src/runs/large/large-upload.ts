import type { LargeUpload } from '../../sync/large/large-task.ts';
import { carryAlike } from '../options/carry-options-of.ts';
import type { LargeObjectDependencies, LargeObjectWork } from './large-object-work.ts';
import type { SavedUpload } from './saved-uploads.ts';

/** The copy of an object is begun anew so often, since its source or its upload changed under way. */
const MAX_RESTARTS = 2;

/** The upload to go on with, begun where there is none; `undefined` when the object has ended without one. */
export async function uploadOf(dependencies: LargeObjectDependencies, work: LargeObjectWork): Promise<LargeUpload | undefined> {
  const kept = await dependencies.uploads.find(work.id);
  if (kept?.runId === work.record.id) return kept.upload;
  if (kept !== undefined && isSameCopy(kept, work)) return takeOver(dependencies, work, kept);
  if (kept !== undefined) await discard(dependencies, work, kept.upload);
  return begin(dependencies, work);
}

/** Throws an upload away; tells whether it was this call that did. */
export async function discard(
  { uploads, openCopier }: LargeObjectDependencies,
  { record, id, signal }: LargeObjectWork,
  upload: LargeUpload,
): Promise<boolean> {
  await openCopier(record).abandon(upload, { signal });
  return uploads.drop(id, upload);
}

/** Throws an upload away so that the copy begins anew. */
export async function restart(dependencies: LargeObjectDependencies, work: LargeObjectWork, upload: LargeUpload): Promise<void> {
  // Several ranges may see the same change.
  if (await discard(dependencies, work, upload)) await dependencies.largeObjects.countRestart(work.record.id, work.id);
}

/** The description of a copy is fixed when an upload begins, so it must be that of this run. */
function isSameCopy({ upload, options = {} }: SavedUpload, { record, large }: LargeObjectWork): boolean {
  const isSameVersion = upload.entry.etag === large.task.entry.etag && large.task.decision.action === 'copy';
  return isSameVersion && carryAlike(options, record.options);
}

/** An earlier run was cancelled or failed over this very version: what it has uploaded counts. The destination is as this run lists it. */
async function takeOver(
  { uploads }: LargeObjectDependencies,
  { record, id, large }: LargeObjectWork,
  kept: SavedUpload,
): Promise<LargeUpload> {
  const { action, ...decision } = large.task.decision;
  const { ignoresSourceMark: _, ...before } = kept.upload;
  const upload = action === 'copy' && 'condition' in decision ? { ...before, ...decision, triesLeft: MAX_RESTARTS } : kept.upload;
  await uploads.takeOver(id, { ...kept, runId: record.id, upload });
  return upload;
}

async function begin(dependencies: LargeObjectDependencies, work: LargeObjectWork): Promise<LargeUpload | undefined> {
  const { uploads, largeObjects, openCopier, clock } = dependencies;
  const { record, id, large, signal } = work;
  const triesLeft = Math.max(0, MAX_RESTARTS - large.restarts);
  const copier = openCopier(record);
  const begun = await copier.begin(large.task, { signal, triesLeft });
  if (begun.step === 'ended') {
    const { step: _, ...outcome } = begun;
    await largeObjects.recordOutcome(record.id, id, outcome);
    return undefined;
  }
  const { source, destination, options } = record;
  const mine = { runId: record.id, source, destination, options, upload: begun.object, keptAt: new Date(clock()).toISOString() };
  const { upload } = await uploads.keep(id, mine);
  if (upload.upload.id !== begun.object.upload.id) await copier.abandon(begun.object, { signal });
  return upload;
}
