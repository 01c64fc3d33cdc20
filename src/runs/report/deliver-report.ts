import type { StreamTarget } from '../../sync/store.ts';
import type { RunRecord } from '../record.ts';
import type { State } from '../state.ts';
import { reportPath } from './report.ts';

/** Writes a run's report to where it is to be delivered. That it cannot be does not undo the copies; the run says so. */
export async function deliverReport(
  state: State,
  openTarget: (record: RunRecord, location: string) => StreamTarget,
  record: RunRecord,
): Promise<Pick<RunRecord, 'reportDelivery'>> {
  if (record.reportTo === undefined) return {};
  const key = `${record.job ?? 'sync'}-${record.id}.ndjson`;
  const to = `${record.reportTo}${key}`;
  try {
    const report = await state.stream(reportPath(record.id));
    if (report === undefined) return {};
    await openTarget(record, record.reportTo).writeStream(key, report.body, { contentType: 'application/x-ndjson' });
    return { reportDelivery: { state: 'delivered', to } };
  } catch (error) {
    return { reportDelivery: { state: 'failed', to, message: error instanceof Error ? error.message : String(error) } };
  }
}
