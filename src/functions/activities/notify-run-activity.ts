import type { ActivityOptions } from 'durable-functions';
import type { Bridge } from '../../app/bridge.ts';
import type { AttemptTask } from '../../runs/attempt/stop.ts';

/** The activity that tells the webhook of a run's end. It fails, and so is done again, when another try may succeed. */
export function notifyRunActivity(bridge: Bridge): ActivityOptions {
  return {
    handler: async ({ runId }: AttemptTask, context) => {
      const record = await bridge.activities.notifyRun(runId);
      if (record?.notification?.state === 'failed')
        context.warn(`The webhook was not notified of the end of run ${runId}: ${record.notification.message}`);
    },
  };
}
