import type { OrchestrationContext, Task } from 'durable-functions';

/** A request to cancel waits no longer than this for a lane that stands still. */
const PAUSE_MS = 5_000;

/** Waits on a durable timer before something is looked at again. */
export function* pause({ df }: OrchestrationContext): Generator<Task, void, unknown> {
  yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + PAUSE_MS));
}
