import type { LeftoverUpload, LeftoverUploads } from '../sync/leftovers.ts';
import { isStoreError } from '../sync/store-error.ts';
import type { KeptUploads } from './large/kept-uploads.ts';
import { isOver, type RunRecord, type RunRecords, runIdOfSession } from './record.ts';

interface Dependencies {
  readonly records: RunRecords;
  readonly uploads: KeptUploads;
  /** The uploads below a run's destination; `undefined` where the store drops by itself what is not committed. */
  readonly openLeftovers: (record: RunRecord) => LeftoverUploads | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Whoever began an upload of which we have no record may be another installation: it gets longer than we keep ours. */
const FOREIGN_GRACE_MS = 14 * 86_400_000;

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

  async function abortAll(leftovers: LeftoverUploads): Promise<void> {
    for await (const page of leftovers.list({ signal })) {
      for (const upload of page) {
        if (!(await isLeftover(upload))) continue;
        await leftovers.abort(upload, { signal });
        aborted++;
      }
    }
  }

  return {
    async at(record) {
      if (seen.has(record.destination)) return;
      seen.add(record.destination);
      try {
        const leftovers = openLeftovers(record);
        if (leftovers !== undefined) await abortAll(leftovers);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        problems.push(error.message);
      }
    },
    result: () => ({ aborted, problems }),
  };
}
