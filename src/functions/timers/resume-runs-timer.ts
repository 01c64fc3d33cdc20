import type { TimerFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { Bridge } from '../../app/bridge.ts';
import { engineOf } from '../durable-engine.ts';

/** Each minute. */
const SCHEDULE = '0 * * * * *';

/** The supervisor: starts the next attempt of runs whose orchestration has failed or is gone. */
export function resumeRunsFunction({ runs }: Bridge): TimerFunctionOptions {
  return {
    schedule: SCHEDULE,
    extraInputs: [input.durableClient()],
    handler: async (_timer, context) => {
      for (const { id, attempt } of await runs.resumeAll(engineOf(context))) context.warn(`Run ${id} continues with attempt ${attempt}.`);
    },
  };
}
