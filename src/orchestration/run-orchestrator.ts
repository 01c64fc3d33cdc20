import type { OrchestrationContext, Task } from 'durable-functions';
import type { AttemptTask } from '../runs/attempt/stop.ts';
import type { FinishAnswer, RunEnd } from '../runs/end/finish-run.ts';
import type { LaneEnd } from '../runs/shards/lane-task.ts';
import type { PlanResult, PlanTask } from '../runs/shards/plan-run.ts';
import { failureOf, gravest } from './engine-failure.ts';
import { DELETIONS, FINISH_RUN, LANE, NOTIFY_RUN, PLAN_RUN } from './engine-names.ts';
import { pause } from './engine-pause.ts';
import { activityRetries, finishRetries, notifyRetries, orchestrationRetries } from './engine-retries.ts';

type Planned = Extract<PlanResult, { readonly end: 'planned' }>;

/** Carries one attempt of a run. Never throws: what goes wrong with the run is entered in its record. */
export function* run(context: OrchestrationContext): Generator<Task, RunEnd | undefined, unknown> {
  const { pause: _, ...task } = context.df.getInput<PlanTask>();
  const plan = yield* makePlan(context);
  if (plan.end === 'wait') {
    yield* pause(context, plan.pause);
    context.df.continueAsNew({ ...task, pause: plan.pause });
    return undefined;
  }
  const end = plan.end === 'planned' ? yield* sync(context, task, plan) : plan;
  if (end.end === 'idle') {
    // A late second execution of an activity took a shard for a lane that had ended: another round does it.
    context.df.continueAsNew(task);
    return undefined;
  }
  return yield* finish(context, task, end);
}

function* finish({ df }: OrchestrationContext, task: AttemptTask, end: RunEnd): Generator<Task, RunEnd, unknown> {
  try {
    // Histories from before there was anybody to notify have no answer here.
    const answer = (yield df.callActivityWithRetry(FINISH_RUN, finishRetries(), { ...task, end })) as FinishAnswer | undefined;
    if (answer?.notify === true) yield* notify(df, task);
    return end;
  } catch (error) {
    return failureOf(error);
  }
}

/** That nobody can be told does not change how the run ended. */
function* notify(df: OrchestrationContext['df'], task: AttemptTask): Generator<Task, void, unknown> {
  try {
    yield df.callActivityWithRetry(NOTIFY_RUN, notifyRetries(), task);
  } catch {
    // Each try has entered in the run's record what came of it.
  }
}

function* makePlan({ df }: OrchestrationContext): Generator<Task, PlanResult, unknown> {
  try {
    return (yield df.callActivityWithRetry(PLAN_RUN, activityRetries(), df.getInput())) as PlanResult;
  } catch (error) {
    return failureOf(error);
  }
}

function* sync({ df }: OrchestrationContext, task: AttemptTask, plan: Planned): Generator<Task, RunEnd | LaneEnd, unknown> {
  try {
    const lanes = Array.from({ length: plan.lanes }, (_, lane) =>
      df.callSubOrchestratorWithRetry(LANE, orchestrationRetries(), { ...task, lane, lanes: plan.lanes }, `${df.instanceId}-lane-${lane}`),
    );
    const end = gravest((yield df.Task.all(lanes)) as readonly (RunEnd | LaneEnd)[]);
    // Histories from before there were deletions have no answer to this in their plan.
    if (end.end !== 'done' || plan.deletes === undefined) return end;
    return (yield df.callSubOrchestratorWithRetry(DELETIONS, orchestrationRetries(), task, `${df.instanceId}-deletions`)) as RunEnd;
  } catch (error) {
    return failureOf(error);
  }
}
