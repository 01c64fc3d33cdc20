import { rangesOf } from '../../sync/filter/filter-ranges.ts';
import { planShards } from '../../sync/plan/plan-shards.ts';
import { checkTagsOf } from '../../sync/properties/check-tags.ts';
import type { Store } from '../../sync/store/store.ts';
import { pauseOrFail } from '../attempt/pause-or-fail.ts';
import type { Shutdown } from '../attempt/shutdown.ts';
import { type AttemptTask, type Stop, stopOf, stopRun } from '../attempt/stop.ts';
import { handOverPause, isPaused, type Pause, tooThrottled } from '../attempt/throttling.ts';
import { endOf, startWatch } from '../attempt/watch.ts';
import { type KeyListDependencies, planByKeys } from '../key-lists/plan-keys.ts';
import { filterOf } from '../options/filter-of.ts';
import type { PairIndexes } from '../pairs/pair-index.ts';
import type { RunRecord, RunRecords } from '../record.ts';
import type { ShardPlan, ShardPlans } from './shard-plan.ts';

export type PlanResult =
  | Stop
  /** A store asked to slow down: it is to be planned after a while. */
  | { readonly end: 'wait'; readonly pause: Pause }
  | {
      readonly end: 'planned';
      readonly lanes: number;
      /** Objects that only the destination has are handled when the lanes are done. */
      readonly deletes?: true;
    };

export interface PlanDependencies extends KeyListDependencies {
  readonly records: RunRecords;
  readonly plans: ShardPlans;
  readonly pairs: Pick<PairIndexes, 'hasOpposite'>;
  readonly openStores: (record: RunRecord) => { readonly source: Store; readonly destination: Store };
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limitSeconds: number;
  readonly shutdown: Shutdown;
}

/** An attempt, and what the call before answered. */
export interface PlanTask extends AttemptTask {
  readonly pause?: Pause;
}

/** Begins a run, or another attempt of it: answers how many lanes it needs. An earlier attempt's plan stands. */
export async function planRun(dependencies: PlanDependencies, task: PlanTask): Promise<PlanResult> {
  const { records, plans, pairs, clock } = dependencies;
  const startedAt = new Date(clock()).toISOString();
  const queued = await records.find(task.runId);
  const isTwoWay = queued?.state === 'queued' && (await pairs.hasOpposite(queued));
  const record = await records.update(task.runId, (latest) =>
    latest.state === 'queued' && latest.attempt === task.attempt
      ? { ...latest, state: 'running', startedAt, ...(isTwoWay && { isTwoWay }) }
      : undefined,
  );
  const stop = stopOf(record, task.attempt);
  if (stop !== undefined) return stop;
  if (task.pause !== undefined && isPaused(task.pause, clock())) return { end: 'wait', pause: task.pause };
  const plan = await plans.find(record.id);
  if (plan === undefined) return makePlan(dependencies, task, record);
  if (record.keyList === undefined) await enterKeyList(records, task, plan);
  if (plan.idle !== undefined) await plans.restart(record.id);
  return planned(record, plan);
}

async function makePlan(dependencies: PlanDependencies, task: PlanTask, record: RunRecord): Promise<PlanResult> {
  const { records, plans, openStores, shutdown, limitSeconds, clock } = dependencies;
  const { lanes, splitAt, tags, keys } = record.options;
  const watch = startWatch({ records, task, shutdown, limitSeconds });
  const work = async () => {
    const stores = openStores(record);
    if (tags === true) await checkTagsOf(stores.source, watch.signal);
    if (keys !== undefined) return planByKeys(dependencies, record, keys, watch.signal);
    const about = { ranges: rangesOf(record.options), filter: filterOf(record) };
    return planShards({ ...stores, ...about, lanes, ...(splitAt && { splitAt }), signal: watch.signal });
  };
  const ending = await endOf(work(), watch);
  if (ending.kind === 'done') {
    const plan = await plans.create(record.id, ending.result);
    await enterKeyList(records, task, plan);
    return planned(record, plan);
  }
  if (ending.kind === 'stopped') return stopRun(records, task, ending.stop);
  if (ending.kind === 'throttled') return pauseOrFail(dependencies, task, false, tooThrottled(ending.error.message));
  if (ending.kind === 'handed-back') return { end: 'wait', pause: handOverPause(task.pause, clock()) };
  throw 'error' in ending
    ? ending.error
    : new Error(`The listings of ${record.source} and ${record.destination} took too long to plan by.`);
}

/** Enters the version of the list that the plan was made by: another execution may have read another version. */
async function enterKeyList(records: RunRecords, { runId, attempt }: PlanTask, { keyList, expected }: ShardPlan): Promise<void> {
  if (keyList?.etag === undefined) return;
  const entered = { etag: keyList.etag, keys: expected?.objects ?? 0 };
  await records.update(runId, (latest) => (stopOf(latest, attempt) === undefined ? { ...latest, keyList: entered } : undefined));
}

function planned({ options }: RunRecord, { lanes }: ShardPlan): PlanResult {
  return { end: 'planned', lanes, ...(options.delete !== undefined && { deletes: true }) };
}
