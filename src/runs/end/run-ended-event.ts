import type { RunRecord } from '../record.ts';

/** The event that announces the end of a run. */
type RunSummary = Omit<RunRecord, 'stopping' | 'reportName' | 'notification'>;

/** The end of a run as a CloudEvent 1.0. */
export interface RunEndedEvent {
  readonly specversion: '1.0';
  /** That of the run: an event that comes twice has the same. */
  readonly id: string;
  /** The App ID URI of the bridge. */
  readonly source: string;
  readonly type: 'keyless-bridge.run.ended';
  /** The job, where the run is one's. */
  readonly subject?: string;
  /** When the run ended, ISO 8601. */
  readonly time?: string;
  readonly datacontenttype: 'application/json';
  readonly data: RunSummary;
}

export function runEndedEvent(record: RunRecord, source: string): RunEndedEvent {
  const { stopping: _, reportName: __, notification: ___, ...data } = record;
  return {
    specversion: '1.0',
    id: data.id,
    source,
    type: 'keyless-bridge.run.ended',
    ...(data.job !== undefined && { subject: data.job }),
    ...(data.endedAt !== undefined && { time: data.endedAt }),
    datacontenttype: 'application/json',
    data,
  };
}
