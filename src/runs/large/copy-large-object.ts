import type { CommitResult } from '../../sync/large/large-object.ts';
import type { LargeOutcome, LargeUpload } from '../../sync/large/large-task.ts';
import { pauseAfter } from '../attempt/throttling.ts';
import type { LargeObjectStep, LargeObjectTask, RangeTask } from './large-object-task.ts';
import { type LargeObjectDependencies, type LargeObjectWork, workOn } from './large-object-work.ts';
import { discard, restart, uploadOf } from './large-upload.ts';

/** Ranges that are copied before the orchestration continues as new. */
const MAX_RANGES = 32;

/** Finds out what is to be done next for a large object; begins its copy where nobody has. */
export function nextStep(dependencies: LargeObjectDependencies, task: LargeObjectTask): Promise<LargeObjectStep> {
  return workOn(dependencies, task, async (work) => {
    const upload = await uploadOf(dependencies, work);
    if (upload === undefined) return { step: 'ended' };
    const done = await dependencies.uploads.doneRanges(work.id, upload);
    const ranges = firstMissing(new Set(done.map(({ index }) => index)), upload.plan.rangeCount);
    return ranges.length === 0 ? { step: 'commit' } : { step: 'copy', ranges };
  });
}

function firstMissing(done: ReadonlySet<number>, count: number): readonly number[] {
  const missing: number[] = [];
  for (let index = 0; index < count && missing.length < MAX_RANGES; index++) if (!done.has(index)) missing.push(index);
  return missing;
}

/** Copies one range, as far as the time allows. May be called again, and twice at once. */
export function copyRange(dependencies: LargeObjectDependencies, task: RangeTask): Promise<LargeObjectStep> {
  const { uploads, openCopier, turns, clock, sliceSeconds } = dependencies;
  return workOn(dependencies, task, async (work) => {
    const kept = await uploads.find(work.id);
    if (kept === undefined) return { step: 'look-again' };
    const { upload } = kept;
    const softDeadline = clock() + sliceSeconds * 1_000;
    const mustYield = turns.begin(task.sharers);
    const result = await openCopier(work.record, task.sharers).copyRange(upload, task.range, {
      signal: work.signal,
      softDeadline,
      mustYield,
      onPart: work.progressed,
    });
    if (result.step === 'more') return { step: 'look-again' };
    if (result.step !== 'done') return afterCopier(dependencies, task, work, upload, result);
    await uploads.keepRange(work.id, upload, { ...result, index: task.range });
    return { step: 'look-again' };
  });
}

/** Makes the object of its ranges. May be called again: what was committed before counts. */
export function commitLargeObject(dependencies: LargeObjectDependencies, task: LargeObjectTask): Promise<LargeObjectStep> {
  const { uploads, openCopier } = dependencies;
  return workOn(dependencies, task, async (work) => {
    const kept = await uploads.find(work.id);
    if (kept === undefined) return { step: 'look-again' };
    const { upload } = kept;
    const ranges = await uploads.doneRanges(work.id, upload);
    if (ranges.length < upload.plan.rangeCount) return { step: 'look-again' };
    const result = await openCopier(work.record, task.sharers).commit(upload, ranges, { signal: work.signal });
    return afterCopier(dependencies, task, work, upload, result);
  });
}

/** Goes by what the copier says: the object has ended, is to be begun anew, or may go on after a while. */
async function afterCopier(
  dependencies: LargeObjectDependencies,
  { pause: previous }: LargeObjectTask,
  work: LargeObjectWork,
  upload: LargeUpload,
  result: CommitResult,
): Promise<LargeObjectStep> {
  if (result.step === 'again') {
    await restart(dependencies, work, upload);
    return { step: 'look-again' };
  }
  if (result.step === 'ended') {
    const { step: _, ...outcome } = result;
    return end(dependencies, work, upload, outcome);
  }
  const pause = pauseAfter(previous, work.hasProgressed(), dependencies.clock());
  if (pause !== undefined) return { step: 'look-again', pause };
  // The parts are left: the next run goes on with them.
  await dependencies.largeObjects.recordOutcome(work.record.id, work.id, { receipt: result.receipt });
  return { step: 'ended' };
}

/** Enters what became of the object. An upload that was committed has nothing left to abort. */
async function end(
  dependencies: LargeObjectDependencies,
  work: LargeObjectWork,
  upload: LargeUpload,
  outcome: LargeOutcome,
): Promise<LargeObjectStep> {
  await dependencies.largeObjects.recordOutcome(work.record.id, work.id, outcome);
  await discard(dependencies, work, upload);
  return { step: 'ended' };
}
