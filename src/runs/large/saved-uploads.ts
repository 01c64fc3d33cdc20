import { createHash } from 'node:crypto';
import type { CarriedOptions } from '../../config/options/carried-options.ts';
import type { CopiedRange, LargeUpload } from '../../sync/large/large-task.ts';
import type { State } from '../state.ts';

/** The upload of a large object, kept until it is committed or given up: another worker, or another run, goes on with it. */
export interface SavedUpload {
  /** The run that has it now. */
  readonly runId: string;
  readonly source: string;
  readonly destination: string;
  /** Options of the run that began it. */
  readonly options?: CarriedOptions;
  readonly upload: LargeUpload;
  /** ISO 8601. */
  readonly keptAt: string;
}

/** A range of an upload that the destination holds. */
export interface DoneRange extends CopiedRange {
  /** Counts from 0. */
  readonly index: number;
}

export interface SavedUploads {
  find(id: string): Promise<SavedUpload | undefined>;
  /** Answers the one that is kept, which is another when another worker was faster. */
  keep(id: string, kept: SavedUpload): Promise<SavedUpload>;
  keepRange(id: string, upload: LargeUpload, range: DoneRange): Promise<void>;
  /** Ascending by index. One listing for every 5,000 ranges. */
  doneRanges(id: string, upload: LargeUpload): Promise<readonly DoneRange[]>;
  /** Hands an upload that another run has left to this one. */
  takeOver(id: string, kept: SavedUpload): Promise<void>;
  /** Forgets this upload; tells whether it was this call that did. Its parts are for the caller to throw away. */
  drop(id: string, upload: LargeUpload): Promise<boolean>;
  list(): AsyncIterable<{ readonly id: string; readonly kept: SavedUpload }>;
}

const ROOT = 'uploads/';

export function createSavedUploads(state: State): SavedUploads {
  async function find(id: string): Promise<SavedUpload | undefined> {
    return (await state.read<SavedUpload>(pathOf(id)))?.value;
  }

  return {
    find,
    async keep(id, kept) {
      if ((await state.write(pathOf(id), kept, 'if-absent')) !== undefined) return kept;
      return (await find(id)) ?? kept;
    },
    async keepRange(id, upload, range) {
      await state.write(rangePrefix(id, upload) + nameOf(range), {});
    },
    async doneRanges(id, upload) {
      const prefix = rangePrefix(id, upload);
      const ranges = new Map<number, DoneRange>();
      for await (const path of state.list(prefix)) {
        const range = rangeNamed(path.slice(prefix.length));
        ranges.set(range.index, range);
      }
      return [...ranges.values()];
    },
    async takeOver(id, kept) {
      await state.write(pathOf(id), kept);
    },
    async drop(id, upload) {
      const current = await state.read<SavedUpload>(pathOf(id));
      // Its ranges first: as long as it is there, they are found and dropped too.
      for await (const path of state.list(rangePrefix(id, upload))) await state.remove(path);
      const isKept = current?.value.upload.upload.id === upload.upload.id;
      return isKept && state.remove(pathOf(id), { ifMatch: current.etag });
    },
    async *list() {
      for await (const path of state.list(ROOT)) {
        const id = /^uploads\/([0-9a-f]+)\.json$/.exec(path)?.[1];
        const kept = id === undefined ? undefined : await find(id);
        if (id !== undefined && kept !== undefined) yield { id, kept };
      }
    },
  };
}

function pathOf(id: string): string {
  return `${ROOT}${id}.json`;
}

/** Ranges belong to one upload: those of one that was given up say nothing about the next. */
function rangePrefix(id: string, { upload }: LargeUpload): string {
  return `${ROOT}${id}/${createHash('sha256').update(upload.id).digest('hex').slice(0, 16)}/`;
}

/** All of it is in the name, so that a listing tells everything: even the ETags of four parts, which no range has more of. */
function nameOf({ index, ...range }: DoneRange): string {
  return `${String(index).padStart(6, '0')}-${Buffer.from(JSON.stringify(range)).toString('base64url')}`;
}

function rangeNamed(name: string): DoneRange {
  const range: CopiedRange = JSON.parse(Buffer.from(name.slice(name.indexOf('-') + 1), 'base64url').toString());
  return { ...range, index: Number.parseInt(name, 10) };
}
