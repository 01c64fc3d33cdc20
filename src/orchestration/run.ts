import type { OrchestrationContext, Task } from 'durable-functions';
import type { RunEnd } from '../runs/finish-run.ts';
import type { PlanResult } from '../runs/plan-run.ts';
import type { AttemptTask } from '../runs/stop.ts';
import { failureOf } from './failure.ts';
import { FINISH_RUN, LANE, PLAN_RUN } from './names.ts';
import { activityRetries, finishRetries, orchestrationRetries } from './retries.ts';

/** Carries one attempt of a run. Never throws: what goes wrong with the run is entered in its record. */
export function* run(context: OrchestrationContext): Generator<Task, RunEnd, unknown> {
  const task = context.df.getInput<AttemptTask>();
  const end = yield* planAndSync(context, task);
  try {
    yield context.df.callActivityWithRetry(FINISH_RUN, finishRetries(), { ...task, end });
    return end;
  } catch (error) {
    return failureOf(error);
  }
}

function* planAndSync({ df }: OrchestrationContext, task: AttemptTask): Generator<Task, RunEnd, unknown> {
  try {
    const plan = (yield df.callActivityWithRetry(PLAN_RUN, activityRetries(), task)) as PlanResult;
    if (plan.end !== 'planned') return plan;
    const lanes = Array.from({ length: plan.lanes }, (_, lane) =>
      df.callSubOrchestratorWithRetry(LANE, orchestrationRetries(), { ...task, lane }, `${df.instanceId}-lane-${lane}`),
    );
    return gravest((yield df.Task.all(lanes)) as readonly RunEnd[]);
  } catch (error) {
    return failureOf(error);
  }
}

const BY_GRAVITY: readonly RunEnd['end'][] = ['failed', 'interrupted', 'cancelled', 'superseded', 'done'];

/** A run has ended as the worst of its lanes has. */
function gravest(ends: readonly RunEnd[]): RunEnd {
  const [worst = { end: 'done' }] = ends.toSorted((a, b) => BY_GRAVITY.indexOf(a.end) - BY_GRAVITY.indexOf(b.end));
  return worst;
}
