import type { ActivityWorkItem } from '@microsoft/durabletask-js/dist/testing/in-memory-backend.js';
import type { Backend } from './backend.ts';

interface ActivityRunnerOptions {
  readonly backend: Backend;
  readonly maxConcurrent: number;
  /** Runs the app's activity function on JSON text, to JSON text. */
  run(name: string, input: string | undefined): Promise<string>;
}

/** Runs activities of all orchestrations side by side, first come, first served. */
export interface ActivityRunner {
  /** Takes over what the engine has queued. To be called after each turn of an orchestration. */
  collect(): void;
}

export function createActivityRunner({ backend, maxConcurrent, run }: ActivityRunnerOptions): ActivityRunner {
  const queue: (() => Promise<void>)[] = [];
  let running = 0;

  async function work(): Promise<void> {
    running += 1;
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job();
    running -= 1;
  }

  function createJob({ instanceId, name, taskId, input }: ActivityWorkItem): () => Promise<void> {
    const executionId = backend.getInstance(instanceId)?.executionId;
    return async () => {
      const { result, error } = await run(name, input).then(
        (result) => ({ result, error: undefined }),
        (error: unknown) => ({ result: undefined, error: toActivityFailure(name, error) }),
      );
      // The instance may have moved on meanwhile: its next generation counts its tasks anew.
      if (backend.getInstance(instanceId)?.executionId === executionId) backend.completeActivity(instanceId, taskId, result, error);
    };
  }

  return {
    collect() {
      for (let item = backend.getNextActivityWorkItem(); item !== undefined; item = backend.getNextActivityWorkItem()) {
        queue.push(createJob(item));
        if (running < maxConcurrent) void work();
      }
    },
  };
}

/** What the extension reports when an activity throws. */
function toActivityFailure(name: string, error: unknown): Error {
  const failure = new Error(`Activity function '${name}' failed: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Error && error.stack !== undefined) failure.stack = error.stack;
  return failure;
}
