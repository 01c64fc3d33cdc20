import type { TimerFunctionOptions } from '@azure/functions';
import { input } from 'durable-functions';
import type { Bridge } from '../../app/bridge.ts';
import { engineOf } from '../durable-engine.ts';

/** Each night, not on the hour, when everybody's timers fire. */
const SCHEDULE = '0 17 3 * * *';

/** The janitor: throws away what runs have left behind. */
export function cleanUpFunction(bridge: Bridge): TimerFunctionOptions {
  return {
    schedule: SCHEDULE,
    extraInputs: [input.durableClient()],
    handler: async (_timer, context) => {
      const { abortedUploads, forgottenRuns, problems } = await bridge.cleanUp(engineOf(context));
      context.log(`Cleaned up: ${abortedUploads} uploads aborted, ${forgottenRuns} runs forgotten.`);
      for (const problem of problems) context.warn(`Not cleaned up: ${problem}`);
    },
  };
}
