import type { FailureReceipt } from '../../sync/outcomes/receipt.ts';
import type { Counts } from '../../sync/outcomes/tally.ts';
import type { Pulses } from '../attempt/pulse.ts';
import type { LargeObjects } from '../large/large-objects.ts';
import type { SavedUploads } from '../large/saved-uploads.ts';
import { isOver, type RunRecord } from '../record.ts';
import type { ShardPlan, ShardPlans } from '../shards/shard-plan.ts';
import type { ShardStates } from '../shards/shard-state.ts';
import { estimate } from './estimate.ts';
import { liveness } from './liveness.ts';
import { type RunProgress, readProgress } from './run-progress.ts';

/** The phase of a run. */
export type RunPhase = 'waiting' | 'planning' | 'copying' | 'deleting' | 'reporting' | 'cancelling' | 'ended';

/** A large object under way. */
export interface LargeObjectView {
  readonly key: string;
  readonly sizeBytes: number;
  /** Percentage of its bytes in ranges that the destination has; a whole number. */
  readonly percent: number;
}

/** A run as `GET /api/runs/{id}` shows it. */
export interface RunView extends Omit<RunRecord, 'counts' | 'stopping' | 'reportName'> {
  readonly phase: RunPhase;
  readonly counts: Counts;
  /** From the first slice's start until now, or until the end. */
  readonly seconds: number;
  /** Copied bytes a second over that time. */
  readonly bytesPerSecond: number;
  /** Seconds that are left if it goes on as before; while it copies, and once enough of it is known. */
  readonly secondsLeft?: number;
  /** When a store last answered to the run, ISO 8601, as far as it is recorded: every ten seconds. While the run is running. */
  readonly lastProgressAt?: string;
  /** Since then. */
  readonly secondsWithoutProgress?: number;
  /** How often a slice was begun again, since its execution had died or failed. Once the run is planned. */
  readonly repeatedSlices?: number;
  /** Ranges of keys: all, those that are done, and those under way, each in a lane that is being executed. Once they are planned. */
  readonly shards?: { readonly total: number; readonly done: number; readonly underWay: number };
  /** At most this many of them may be under way. */
  readonly lanes?: number;
  /** Those under way. */
  readonly largeObjects: readonly LargeObjectView[];
  /** The first few failures. */
  readonly firstFailures: readonly FailureReceipt[];
  readonly links: { readonly self: string; readonly report: string; readonly cancel: string };
}

export interface ViewDependencies {
  readonly plans: ShardPlans;
  readonly shards: ShardStates;
  readonly largeObjects: LargeObjects;
  readonly uploads: SavedUploads;
  readonly pulses: Pick<Pulses, 'find'>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Adds to a run's record how far it has come. `baseUrl` is where the HTTP functions are, such as `https://<app>/api`. */
export async function viewRun(dependencies: ViewDependencies, record: RunRecord, baseUrl: string): Promise<RunView> {
  const { plans, shards, clock } = dependencies;
  const { stopping: _, reportName: __, ...shown } = record;
  const plan = await plans.find(record.id);
  const progress = await readProgress(shards, record.id, plan);
  const largeObjects = isOver(record.state) ? [] : await viewLargeObjects(dependencies, record.id, progress);
  const counts = record.counts ?? progress.total.counts;
  const seconds = secondsOf(record, clock());
  const secondsLeft = isOver(record.state) || plan === undefined ? undefined : estimate({ plan, counts, largeObjects, seconds });
  const { isExecuted, ...lastProgress } = await liveness(dependencies, record);
  const self = `${baseUrl}/runs/${record.id}`;
  return {
    ...shown,
    phase: phaseOf(record, plan, progress),
    counts,
    seconds,
    bytesPerSecond: seconds === 0 ? 0 : Math.round(counts.copiedBytes / seconds),
    ...(secondsLeft !== undefined && { secondsLeft }),
    ...lastProgress,
    ...(plan !== undefined && viewShards(plan, progress, isExecuted)),
    largeObjects,
    firstFailures: progress.total.failures,
    links: { self, report: `${self}/report`, cancel: `${self}/cancel` },
  };
}

function viewShards(
  { shards, lanes }: ShardPlan,
  { open, total }: RunProgress,
  isExecuted: boolean,
): Pick<RunView, 'shards' | 'lanes' | 'repeatedSlices'> {
  const done = shards.filter(({ isDone }) => isDone).length;
  const underWay = isExecuted ? open.length : 0;
  return { shards: { total: shards.length, done, underWay }, lanes, repeatedSlices: total.repeats ?? 0 };
}

async function viewLargeObjects(
  { largeObjects, uploads }: ViewDependencies,
  runId: string,
  { open }: RunProgress,
): Promise<readonly LargeObjectView[]> {
  const ids = open.flatMap(({ large }) => large);
  const views = await Promise.all(
    ids.map(async (id) => {
      const [object, kept] = await Promise.all([largeObjects.find(runId, id), uploads.find(id)]);
      if (object === undefined || object.outcome !== undefined) return [];
      const { key, sizeBytes } = kept?.upload.entry ?? object.task.entry;
      const done = kept === undefined ? [] : await uploads.doneRanges(id, kept.upload);
      const doneBytes = done.reduce((sum, range) => sum + range.sizeBytes, 0);
      return [{ key, sizeBytes, percent: Math.floor((100 * doneBytes) / sizeBytes) }];
    }),
  );
  return views.flat();
}

function secondsOf({ startedAt, endedAt }: RunRecord, now: number): number {
  if (startedAt === undefined) return 0;
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  return (end - Date.parse(startedAt)) / 1_000;
}

function phaseOf({ state, cancelRequestedAt, options }: RunRecord, plan: ShardPlan | undefined, progress: RunProgress): RunPhase {
  if (isOver(state)) return 'ended';
  if (cancelRequestedAt !== undefined) return 'cancelling';
  if (state === 'queued') return 'waiting';
  if (plan === undefined) return 'planning';
  if (plan.shards.some(({ isDone }) => isDone === undefined)) return 'copying';
  return options.delete === undefined || progress.areDeletionsDone ? 'reporting' : 'deleting';
}
