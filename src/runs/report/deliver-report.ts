import { wordsOf } from '../../sync/store/foreign-text.ts';
import type { StreamTarget } from '../../sync/store/store.ts';
import { startHeartbeat } from '../attempt/heartbeat.ts';
import { isOver, type RunRecord, type RunRecords } from '../record.ts';
import type { State } from '../state.ts';
import { reportPath } from './report.ts';

/** How long a store may take for a report: since it last took a piece of it, and in all. Together with the report's making it stays below the `functionTimeout` of host.json. */
interface DeliveryLimits {
  readonly idleSeconds: number;
  readonly totalSeconds: number;
}

const DELIVERY_LIMITS: DeliveryLimits = { idleSeconds: 120, totalSeconds: 360 };

export interface DeliveryDependencies {
  readonly state: State;
  readonly records: RunRecords;
  /** Opens the location that a run delivers its report to. */
  readonly openReportTarget: (record: RunRecord, location: string) => StreamTarget;
  readonly deliveryLimits?: DeliveryLimits;
}

/**
 * Writes a run's report to where it is to be delivered. That it cannot be does not undo the copies; the run says so. A store that does not
 * answer is given up, and so is the delivery when the run is cancelled meanwhile.
 */
export async function deliverReport(dependencies: DeliveryDependencies, record: RunRecord): Promise<Pick<RunRecord, 'reportDelivery'>> {
  if (record.reportTo === undefined) return {};
  const key = `${record.job ?? 'sync'}-${record.id}.ndjson`;
  const to = `${record.reportTo}${key}`;
  const watch = startDeliveryWatch(dependencies, record);
  try {
    // A late execution must not replace what another one delivered.
    await watch.look();
    watch.signal.throwIfAborted();
    const report = await dependencies.state.stream(reportPath(record));
    if (report === undefined) return {};
    const target = dependencies.openReportTarget(record, record.reportTo);
    const body = watch.noting(report.body);
    // A store's client may wait for answers even after the signal has fired.
    await until(target.writeStream(key, body, { contentType: 'application/x-ndjson', signal: watch.signal }), watch.signal);
    return { reportDelivery: { state: 'delivered', to } };
  } catch (error) {
    return { reportDelivery: { state: 'failed', to, message: watch.problem() ?? wordsOf(error) } };
  } finally {
    await watch.end();
  }
}

/** Breaks a delivery off that takes too long, or whose run is cancelled while it lasts or is carried by another attempt. */
function startDeliveryWatch({ records, deliveryLimits = DELIVERY_LIMITS }: DeliveryDependencies, record: RunRecord) {
  const { idleSeconds, totalSeconds } = deliveryLimits;
  const stopping = new AbortController();
  let problem: string | undefined;
  const stop = (why: string) => {
    problem ??= `${why} The report itself is kept: GET /api/runs/${record.id}/report.`;
    stopping.abort();
  };
  const tooLong = (seconds: number) => () => stop(`The delivery was abandoned: the store did not accept the report within ${seconds} s.`);
  const total = setTimeout(tooLong(totalSeconds), totalSeconds * 1_000);
  const idle = setTimeout(tooLong(idleSeconds), idleSeconds * 1_000);
  const look = async () => {
    // A record that cannot be read now is no reason to give up.
    const latest = await records.find(record.id).catch(() => record);
    if (latest === undefined || isOver(latest.state) || latest.attempt !== record.attempt) stop('The run was ended meanwhile.');
    else if (latest.cancelRequestedAt !== record.cancelRequestedAt) stop('The run was cancelled while its report was delivered.');
  };
  const heart = startHeartbeat(look);
  return {
    look,
    signal: stopping.signal,
    problem: () => problem,
    async *noting(body: AsyncIterable<Uint8Array>) {
      for await (const piece of body) {
        idle.refresh();
        yield piece;
      }
    },
    async end() {
      clearTimeout(total);
      clearTimeout(idle);
      await heart.stop();
    },
  };
}

/** Returns the result of the work; throws at once when the signal fires. */
function until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
