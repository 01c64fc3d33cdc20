import { gravest } from '../../src/orchestration/engine-failure.ts';
import type { AttemptTask } from '../../src/runs/attempt/stop.ts';
import type { RunEnd } from '../../src/runs/end/finish-run.ts';
import type { KeyListDependencies } from '../../src/runs/key-lists/plan-keys.ts';
import { commitLargeObject, copyRange, nextStep } from '../../src/runs/large/copy-large-object.ts';
import type { LargeObjectDependencies } from '../../src/runs/large/large-object-work.ts';
import { deleteSlice } from '../../src/runs/shards/delete-slice.ts';
import type { LaneEnd } from '../../src/runs/shards/lane-task.ts';
import { type PlanDependencies, planRun } from '../../src/runs/shards/plan-run.ts';
import { runSlice } from '../../src/runs/shards/run-slice.ts';
import type { SliceDependencies } from '../../src/runs/shards/slice-dependencies.ts';

/** Whole numbers from 0 to `below` - 1, the same ones for the same seed. */
export type Random = (below: number) => number;

type Dependencies = SliceDependencies & LargeObjectDependencies & KeyListDependencies & Pick<PlanDependencies, 'pairs'>;

/** Answers a call of an activity as the engine would: it may have been made more than once. */
type Call = <T>(activity: () => Promise<T>) => Promise<T>;

/** Carries an attempt as the orchestrators do; every activity may die, or be done twice at once. Answers how the attempt ended. */
export async function simulateAttempt(dependencies: Dependencies, task: AttemptTask, random: Random): Promise<RunEnd['end']> {
  const zombies: Promise<unknown>[] = [];
  const call: Call = async (activity) => {
    // A worker that is thought dead goes on, beside the one that does its work again.
    for (let others = random(3); others > 0; others--) zombies.push(activity().catch(() => undefined));
    if (random(2) === 0) await zombies.at(-1);
    return activity();
  };
  const plan = () => call(() => planRun({ ...dependencies, limitSeconds: dependencies.sliceSeconds }, task));
  let planned = await plan();
  while (planned.end === 'wait') planned = await plan();
  if (planned.end !== 'planned') return planned.end;
  const { lanes: count, deletes } = planned;
  const round = async () =>
    gravest(await Promise.all(Array.from({ length: count }, async (_, lane) => simulateLane(dependencies, { ...task, lane }, call))));
  let synced = await round();
  for (; synced.end === 'idle'; synced = await round()) await plan();
  const end = synced.end !== 'done' ? synced.end : deletes ? await simulateDeletions(dependencies, task, call) : 'done';
  await Promise.all(zombies);
  return end;
}

async function simulateDeletions(dependencies: Dependencies, task: AttemptTask, call: Call): Promise<RunEnd['end']> {
  for (;;) {
    const result = await call(() => deleteSlice(dependencies, task));
    if (result.end !== 'more' && result.end !== 'wait' && result.end !== 'large-objects' && result.end !== 'idle') return result.end;
  }
}

async function simulateLane(
  dependencies: Dependencies,
  task: AttemptTask & { readonly lane: number },
  call: Call,
): Promise<RunEnd | LaneEnd> {
  for (;;) {
    const result = await call(() => runSlice(dependencies, task));
    if (result.end === 'large-objects')
      for (const object of result.objects) await simulateLargeObject(dependencies, { ...task, object }, call);
    else if (result.end === 'more' && result.wake !== undefined) {
      const lanes = [task.lane, ...result.wake].map((lane) => simulateLane(dependencies, { ...task, lane }, call));
      return gravest(await Promise.all(lanes));
    } else if (result.end !== 'more' && result.end !== 'wait') return result;
  }
}

async function simulateLargeObject(dependencies: Dependencies, task: AttemptTask & { readonly object: string }, call: Call): Promise<void> {
  for (;;) {
    const next = await call(() => nextStep(dependencies, task));
    if (next.step === 'copy') await Promise.all(next.ranges.map((range) => call(() => copyRange(dependencies, { ...task, range }))));
    else if (next.step === 'commit') await call(() => commitLargeObject(dependencies, task));
    else if (next.step !== 'look-again') return;
  }
}
