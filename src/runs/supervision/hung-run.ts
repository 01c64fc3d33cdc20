import type { Pulses } from '../attempt/pulse.ts';
import type { InstanceStatus } from '../engine.ts';
import type { Locks } from '../lock.ts';
import { isOver, type RunRecord, type RunRecords } from '../record.ts';
import { createObserver } from './observe-pulses.ts';

/** The interruption that is noted for an attempt that hung. */
export const HUNG_MESSAGE =
  'Its orchestration instance did nothing any more, although the engine still called it active. Another instance continues the run.';

/** Begins a run: nothing but a busy app delays it for so long. */
const START_PATIENCE_MS = 300_000;

/** Longer than the longest slice, pause or retry, and than the recovery from a dead host, during which a run shows no pulse. */
const QUIET_PATIENCE_MS = 900_000;

/** While other runs work, the activities of this one may wait for a free slot. Such a wait is longer than any other. */
const BUSY_PATIENCE_MS = 7_200_000;

/** Everything under way sees a request to cancel within seconds. */
const CANCEL_PATIENCE_MS = 120_000;

/**
 * The quiet must have been watched for so long, look by look: the app may have been stopped, the machine asleep, the storage away, the run
 * suspended, and no clock of another process is trusted.
 */
const WATCH_MS = 240_000;

interface Dependencies {
  readonly pulses: Pick<Pulses, 'find'>;
  readonly records: RunRecords;
  readonly locks: Locks;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * Tells whether the instance that carries a run hangs: it is `pending` or `active`, and nothing explains why the run stands still. To be
 * asked each minute: it only counts what it has seen.
 */
export type HungCheck = (record: RunRecord, status: InstanceStatus) => Promise<boolean>;

export function createHungCheck({ pulses, records, locks, clock }: Dependencies): HungCheck {
  const observe = createObserver({ pulses, clock });

  async function doOthersWork(runId: string): Promise<boolean> {
    let isOneAtWork = false;
    for await (const id of locks.holders()) {
      const other = id === runId ? undefined : await records.find(id);
      if (other === undefined || isOver(other.state)) continue;
      // All are looked at each time, so that a change of each is seen.
      const { lastSign = 0 } = await observe(other);
      isOneAtWork ||= clock() - lastSign < CANCEL_PATIENCE_MS;
    }
    return isOneAtWork;
  }

  return async (record, status) => {
    if (status !== 'pending' && status !== 'active') return false;
    const patience = patienceWith(record, status);
    const watch = Math.min(WATCH_MS, patience);
    const since = waitsSince(record);
    // Most runs are younger: no request is made for them.
    if (clock() - since < patience - watch) return false;
    const { watchedMs, lastSign = 0 } = await observe(record);
    const quietMs = clock() - Math.max(since, lastSign);
    const mayWaitForSlot = status === 'active' && record.cancelRequestedAt === undefined && quietMs < BUSY_PATIENCE_MS;
    const areOthersAtWork = mayWaitForSlot && (await doOthersWork(record.id));
    return quietMs >= patience && watchedMs >= watch && !areOthersAtWork;
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
