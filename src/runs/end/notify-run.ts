import type { Locks } from '../lock.ts';
import { isOver, type RunRecord, type RunRecords } from '../record.ts';
import { type RunEndedEvent, runEndedEvent } from './run-ended-event.ts';

/** The result of sending an event once. */
export type Delivery =
  | { readonly state: 'delivered' }
  | {
      readonly state: 'failed';
      /** The failure and its remedy, for people. */
      readonly message: string;
      /** Another try may succeed. */
      readonly mayRecover: boolean;
    };

/** Sends an event once. Does not throw. */
export type Webhook = (event: RunEndedEvent) => Promise<Delivery>;

export interface NotifyDependencies {
  readonly records: RunRecords;
  readonly locks: Pick<Locks, 'dropNotice'>;
  /** Not there when nobody is to be told. */
  readonly webhook?: Webhook;
  /** The App ID URI of the bridge. */
  readonly audience: string;
}

/**
 * Tells the webhook that a run has ended, once it has, and enters what came of it. Answers the run as it is then; `undefined` when there
 * was nothing to tell. Throws when another try may succeed. A worker that dies in between tells it again: at least once.
 */
export async function notifyRun({ records, locks, webhook, audience }: NotifyDependencies, runId: string): Promise<RunRecord | undefined> {
  const record = await records.find(runId);
  if (webhook === undefined || record === undefined || !isOver(record.state)) return undefined;
  if (record.notification?.state === 'delivered') return undefined;
  const delivery = await webhook(runEndedEvent(record, audience));
  const { mayRecover, ...notification } = { mayRecover: false, ...delivery };
  const told = await records.update(runId, (latest) =>
    latest.notification?.state === 'delivered' ? undefined : { ...latest, notification },
  );
  if (!mayRecover) await locks.dropNotice(runId);
  if (mayRecover) throw new Error(`The webhook was not notified of the end of run ${runId}: ${told.notification?.message}`);
  return told;
}
