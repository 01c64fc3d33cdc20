import type { LargeObjectCopier } from '../../sync/large/large-object.ts';
import type { LeftoverUploads } from '../../sync/store/leftovers.ts';
import type { Engine } from '../engine.ts';
import type { SavedUploads } from '../large/saved-uploads.ts';
import { cleanUpIndexes } from '../pairs/clean-up-indexes.ts';
import { isOver, type RunRecord, type RunRecords } from '../record.ts';
import type { State } from '../state.ts';
import { CLEAN_UP_PLACE_SECONDS, createAbortLeftovers, problemOf } from './abort-leftovers.ts';

export interface CleanUpDependencies {
  readonly state: State;
  readonly records: RunRecords;
  readonly uploads: SavedUploads;
  readonly openCopier: (record: RunRecord) => LargeObjectCopier;
  /** The uploads below a run's destination; `undefined` where the store drops by itself what is not committed. */
  readonly openLeftovers: (record: RunRecord) => LeftoverUploads | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Runs that ended longer ago are forgotten, with their reports. */
  readonly keepDays: number;
}

/** The leftovers that were removed, and the problems. */
export interface CleanUp {
  readonly abortedUploads: number;
  readonly forgottenRuns: number;
  /** For people: one for each location that could not be cleaned up. */
  readonly problems: readonly string[];
}

/** An upload that no run has gone on with for so long is given up; Azure drops blocks that are not committed after as long. */
const KEEP_UPLOAD_DAYS = 7;
const DAY_MS = 86_400_000;

/**
 * Throws away what runs have left behind: uploads that nobody will go on with, records and reports of runs that ended long ago, and the
 * engine's histories of them. Leaves the rest for the next time when `signal` fires.
 */
export async function cleanUp(dependencies: CleanUpDependencies, engine: Engine, signal: AbortSignal): Promise<CleanUp> {
  const { records, clock, keepDays } = dependencies;
  const before = clock() - keepDays * DAY_MS;
  const { abandoned, problems: uploadProblems } = await giveUpOldUploads(dependencies, signal);
  const abortLeftovers = createAbortLeftovers(dependencies, signal);
  let forgottenRuns = 0;
  for await (const record of records.list(({ message }) => void uploadProblems.push(message))) {
    if (signal.aborted) break;
    await abortLeftovers.at(record);
    if (!isOver(record.state) || Date.parse(record.endedAt ?? record.createdAt) >= before) continue;
    if (await forget(dependencies, record, signal)) forgottenRuns++;
  }
  if (!signal.aborted) await cleanUpIndexes({ state: dependencies.state, now: clock(), keepDays, signal });
  if (!signal.aborted) await engine.purge(new Date(before));
  const { aborted, problems } = abortLeftovers.result();
  return { abortedUploads: abandoned + aborted, forgottenRuns, problems: [...uploadProblems, ...problems] };
}

async function giveUpOldUploads({ records, uploads, openCopier, clock, keepDays }: CleanUpDependencies, signal: AbortSignal) {
  const before = clock() - Math.min(keepDays, KEEP_UPLOAD_DAYS) * DAY_MS;
  const problems: string[] = [];
  let abandoned = 0;
  for await (const { id, kept } of uploads.list()) {
    if (signal.aborted) break;
    const record = await records.find(kept.runId);
    if (Date.parse(kept.keptAt) >= before || (record !== undefined && !isOver(record.state))) continue;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(CLEAN_UP_PLACE_SECONDS * 1_000)]);
    const problem = await problemOf(
      async () => {
        if (record !== undefined) await openCopier(record).abandon(kept.upload, { signal: limited });
        await uploads.drop(id, kept.upload);
      },
      { place: record?.destination ?? id, limited },
    );
    if (problem === undefined) abandoned++;
    else problems.push(problem);
  }
  return { abandoned, problems };
}

/** The record last: as long as it is there, the rest is found and removed too. */
async function forget({ state, records }: CleanUpDependencies, { id }: RunRecord, signal: AbortSignal): Promise<boolean> {
  for await (const path of state.list(`runs/${id}/`)) {
    if (signal.aborted) return false;
    await state.remove(path);
  }
  await records.remove(id);
  return true;
}
