import type { OrchestrationContext, Task } from 'durable-functions';
import type { Pause } from '../runs/attempt/throttling.ts';

const SHORTEST_MS = 5_000;

/** A request to cancel waits no longer than this for a lane that waits. */
const LONGEST_MS = 30_000;

/** Waits on a durable timer for the end of a pause, or a part of it, before the run is looked at again. */
export function* pause({ df }: OrchestrationContext, until: Pause | undefined): Generator<Task, void, unknown> {
  const left = (until?.until ?? 0) - df.currentUtcDateTime.getTime();
  yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + within(left)));
}

function within(milliseconds: number): number {
  if (milliseconds < SHORTEST_MS) return SHORTEST_MS;
  if (milliseconds > LONGEST_MS) return LONGEST_MS;
  return milliseconds;
}
