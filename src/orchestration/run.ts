import type { OrchestrationContext, Task } from 'durable-functions';
import type { FinishAnswer, RunEnd } from '../runs/finish-run.ts';
import type { PlanResult } from '../runs/shards/plan-run.ts';
import type { AttemptTask } from '../runs/stop.ts';
import { failureOf } from './failure.ts';
import { DELETIONS, FINISH_RUN, LANE, NOTIFY_RUN, PLAN_RUN } from './names.ts';
import { activityRetries, finishRetries, notifyRetries, orchestrationRetries } from './retries.ts';

/** Carries one attempt of a run. Never throws: what goes wrong with the run is entered in its record. */
export function* run(context: OrchestrationContext): Generator<Task, RunEnd, unknown> {
  const task = context.df.getInput<AttemptTask>();
  const end = yield* planAndSync(context, task);
  try {
    // Histories from before there was anybody to notify have no answer here.
    const answer = (yield context.df.callActivityWithRetry(FINISH_RUN, finishRetries(), { ...task, end })) as FinishAnswer | undefined;
    if (answer?.notify === true) yield* notify(context, task);
    return end;
  } catch (error) {
    return failureOf(error);
  }
}

/** That nobody can be told does not change how the run ended. */
function* notify({ df }: OrchestrationContext, task: AttemptTask): Generator<Task, void, unknown> {
  try {
    yield df.callActivityWithRetry(NOTIFY_RUN, notifyRetries(), task);
  } catch {
    // Each try has entered in the run's record what came of it.
  }
}

function* planAndSync({ df }: OrchestrationContext, task: AttemptTask): Generator<Task, RunEnd, unknown> {
  try {
    const plan = (yield df.callActivityWithRetry(PLAN_RUN, activityRetries(), task)) as PlanResult;
    if (plan.end !== 'planned') return plan;
    const lanes = Array.from({ length: plan.lanes }, (_, lane) =>
      df.callSubOrchestratorWithRetry(LANE, orchestrationRetries(), { ...task, lane, lanes: plan.lanes }, `${df.instanceId}-lane-${lane}`),
    );
    const end = gravest((yield df.Task.all(lanes)) as readonly RunEnd[]);
    // Histories from before there were deletions have no answer to this in their plan.
    if (end.end !== 'done' || plan.deletes === undefined) return end;
    return (yield df.callSubOrchestratorWithRetry(DELETIONS, orchestrationRetries(), task, `${df.instanceId}-deletions`)) as RunEnd;
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
