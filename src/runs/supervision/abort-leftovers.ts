import type { LeftoverUpload, LeftoverUploads } from '../../sync/store/leftovers.ts';
import { isStoreError } from '../../sync/store/store-error.ts';
import type { SavedUploads } from '../large/saved-uploads.ts';
import { isOver, type RunRecord, type RunRecords, runIdOfSession } from '../record.ts';

interface Dependencies {
  readonly records: RunRecords;
  readonly uploads: SavedUploads;
  /** The uploads below a run's destination; `undefined` where the store drops by itself what is not committed. */
  readonly openLeftovers: (record: RunRecord) => LeftoverUploads | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Whoever began an upload of which we have no record may be another installation: it gets longer than we keep ours. */
const FOREIGN_GRACE_MS = 14 * 86_400_000;

/** A location that does not answer must not keep the others from their turn. */
export const CLEAN_UP_PLACE_SECONDS = 60;

/** Aborts the uploads below the destinations of runs that belong to runs that are over, each destination once. */
export interface AbortLeftovers {
  at(record: RunRecord): Promise<void>;
  result(): { readonly aborted: number; readonly problems: readonly string[] };
}

export function createAbortLeftovers({ records, uploads, openLeftovers, clock }: Dependencies, signal: AbortSignal): AbortLeftovers {
  const seen = new Set<string>();
  const problems: string[] = [];
  let kept: Promise<ReadonlySet<string>> | undefined;
  let aborted = 0;

  async function idsToKeep(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const { kept: upload } of uploads.list()) ids.add(upload.upload.upload.id);
    return ids;
  }

  async function isLeftover({ id, initiatedAt, sessionName }: LeftoverUpload): Promise<boolean> {
    const runId = sessionName === undefined ? undefined : runIdOfSession(sessionName);
    kept ??= idsToKeep();
    if (runId === undefined || (await kept).has(id)) return false;
    const run = await records.find(runId);
    return run === undefined ? clock() - initiatedAt.getTime() > FOREIGN_GRACE_MS : isOver(run.state);
  }

  async function abortAll(leftovers: LeftoverUploads, limited: AbortSignal): Promise<void> {
    for await (const page of leftovers.list({ signal: limited })) {
      for (const upload of page) {
        if (!(await isLeftover(upload))) continue;
        await leftovers.abort(upload, { signal: limited });
        aborted++;
      }
    }
  }

  return {
    async at(record) {
      if (seen.has(record.destination)) return;
      seen.add(record.destination);
      const limited = AbortSignal.any([signal, AbortSignal.timeout(CLEAN_UP_PLACE_SECONDS * 1_000)]);
      const problem = await problemOf(
        async () => {
          const leftovers = openLeftovers(record);
          if (leftovers !== undefined) await abortAll(leftovers, limited);
        },
        { place: record.destination, limited },
      );
      if (problem !== undefined) problems.push(problem);
    },
    result: () => ({ aborted, problems }),
  };
}

interface Attempt {
  /** Where the work is done, for the message. */
  readonly place: string;
  readonly limited: AbortSignal;
}

/** Why cleaning up one place failed; the others are cleaned up all the same. */
export async function problemOf(work: () => Promise<void>, { place, limited }: Attempt): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.message;
    if (limited.aborted) return `${place} did not answer within ${CLEAN_UP_PLACE_SECONDS} s. The next clean-up tries again.`;
    throw error;
  }
}
