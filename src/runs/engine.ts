import { instanceIdOf, type RunRecord } from './record.ts';

/** What the orchestration engine says of an instance: `ended` covers every way of ending, `gone` that it knows none by this id. */
export type InstanceStatus = 'active' | 'ended' | 'gone';

/** As much of the orchestration engine as the life of a run needs. */
export interface Engine {
  /** Starts the instance that carries this attempt of the run. */
  start(instanceId: string, runId: string): Promise<void>;
  status(instanceId: string): Promise<InstanceStatus>;
}

/** So long may pass between the making of a run's record and the start of its instance. */
const START_GRACE_MS = 30_000;

/** Tells whether a run that has not ended still has something that carries it. */
export async function isCarried(engine: Engine, record: RunRecord, now: number): Promise<boolean> {
  const status = await engine.status(instanceIdOf(record));
  if (status === 'active') return true;
  return status === 'gone' && record.state === 'queued' && now - Date.parse(record.createdAt) < START_GRACE_MS;
}
