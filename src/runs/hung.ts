import type { InstanceStatus } from './engine.ts';
import type { Locks } from './lock.ts';
import type { Pulses } from './pulse.ts';
import { isOver, type RunRecord, type RunRecords } from './record.ts';

/** The interruption that is noted for an attempt that hung. */
export const HUNG_MESSAGE =
  'Its orchestration instance did nothing any more, although the engine still called it active. Another instance continues the run.';

/** Begins a run: nothing but a busy app delays it for so long. */
const START_PATIENCE_MS = 300_000;

/** Longer than the longest slice, pause or retry, and than the recovery from a dead host, during which a run shows no pulse. */
const QUIET_PATIENCE_MS = 900_000;

/** While other runs work, the activities of this one may wait for a free slot. Such a wait is longer than any other. */
const BUSY_PATIENCE_MS = 7_200_000;

/** Whatever is under way sees a request to cancel within seconds. */
const CANCEL_PATIENCE_MS = 120_000;

/** After the app was stopped, the engine gets so long to continue by itself. */
const WARM_UP_MS = 300_000;

interface Dependencies {
  readonly pulses: Pick<Pulses, 'find'>;
  readonly records: RunRecords;
  readonly locks: Locks;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Tells whether the instance that carries a run hangs: it is `pending` or `active`, and nothing explains why the run stands still. */
export type HungCheck = (record: RunRecord, status: InstanceStatus) => Promise<boolean>;

export function createHungCheck({ pulses, records, locks, clock }: Dependencies): HungCheck {
  const upSince = clock();

  async function doOthersWork(runId: string, now: number): Promise<boolean> {
    for await (const id of locks.holders()) {
      const other = id === runId ? undefined : await records.find(id);
      if (other === undefined || isOver(other.state)) continue;
      const pulse = await pulses.find(other);
      if (pulse !== undefined && now - pulse.at < CANCEL_PATIENCE_MS) return true;
    }
    return false;
  }

  return async (record, status) => {
    if (status !== 'pending' && status !== 'active') return false;
    const now = clock();
    const patience = patienceWith(record, status);
    const since = waitsSince(record);
    // Most runs are younger: no request is made for them.
    if (now - upSince < WARM_UP_MS || now - since < patience) return false;
    const quietMs = now - Math.max(since, (await pulses.find(record))?.at ?? 0);
    if (quietMs < patience) return false;
    const mayWaitForSlot = status === 'active' && record.cancelRequestedAt === undefined && quietMs < BUSY_PATIENCE_MS;
    return !(mayWaitForSlot && (await doOthersWork(record.id, now)));
  };
}

function waitsSince({ createdAt, resumedAt = createdAt, cancelRequestedAt = createdAt }: RunRecord): number {
  return Math.max(Date.parse(resumedAt), Date.parse(cancelRequestedAt));
}

/** Grows with each attempt in a row that hung, so that a cause which stays does not use up all attempts. */
function patienceWith({ state, cancelRequestedAt, interruptions = [] }: RunRecord, status: InstanceStatus): number {
  if (cancelRequestedAt !== undefined) return CANCEL_PATIENCE_MS;
  const least = status === 'pending' || state === 'queued' ? START_PATIENCE_MS : QUIET_PATIENCE_MS;
  const hungInARow = interruptions.length - 1 - interruptions.findLastIndex(({ message }) => message !== HUNG_MESSAGE);
  return Math.min(least * 2 ** hungInARow, BUSY_PATIENCE_MS);
}
