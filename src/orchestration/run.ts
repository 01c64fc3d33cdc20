import { type OrchestrationContext, RetryOptions, type Task } from 'durable-functions';
import type { RunEnd } from '../runs/finish-run.ts';
import { failureOf } from './failure.ts';
import type { LaneInput } from './lane.ts';
import { FINISH_RUN, LANE } from './names.ts';

export interface RunInput {
  readonly runId: string;
}

/** A lane whose worker dies while it is replayed has failed for the engine; it goes on from its shard's checkpoint. */
function laneRetries(): RetryOptions {
  return new RetryOptions(5_000, 3);
}

function finishRetries(): RetryOptions {
  const retries = new RetryOptions(5_000, 5);
  retries.backoffCoefficient = 2;
  return retries;
}

/** Carries one attempt of a run. Never throws: what goes wrong with the run is entered in its record. */
export function* run(context: OrchestrationContext): Generator<Task, RunEnd, unknown> {
  const { runId } = context.df.getInput<RunInput>();
  const end = yield* runLane(context, { runId, shard: 0, slice: 0 });
  try {
    yield context.df.callActivityWithRetry(FINISH_RUN, finishRetries(), { runId, end });
    return end;
  } catch (error) {
    return { end: 'failed', failure: failureOf(error) };
  }
}

function* runLane(context: OrchestrationContext, input: LaneInput): Generator<Task, RunEnd, unknown> {
  try {
    const id = `${context.df.instanceId}-lane-${input.shard}`;
    return (yield context.df.callSubOrchestratorWithRetry(LANE, laneRetries(), input, id)) as RunEnd;
  } catch (error) {
    return { end: 'failed', failure: failureOf(error) };
  }
}
