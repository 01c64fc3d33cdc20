import { createHash } from 'node:crypto';
import type { LargeOutcome, LargeTask } from '../../sync/large/large-task.ts';
import type { RunRequest } from '../record.ts';
import type { State } from '../state.ts';

/** A large object of a run: what a slice found, and what became of it. */
export interface LargeObject {
  readonly task: LargeTask;
  /** How often its copy has been begun anew. */
  readonly restarts: number;
  /** Once it has ended. */
  readonly outcome?: LargeOutcome;
}

/** The large objects that the slices of a run have met. */
export interface LargeObjects {
  /** Keeps what is to be copied, the first time; answers its id. */
  add(run: RunRequest & { readonly id: string }, task: LargeTask): Promise<string>;
  /** `undefined` when the run has none by this id. */
  find(runId: string, id: string): Promise<LargeObject | undefined>;
  countRestart(runId: string, id: string): Promise<void>;
  /** Enters what became of it, once. */
  recordOutcome(runId: string, id: string, outcome: NonNullable<LargeObject['outcome']>): Promise<void>;
}

/** Enough that no two keys of a run ever meet. */
const ID_DIGITS = 24;

export function createLargeObjects(state: State): LargeObjects {
  const pathOf = (runId: string, id: string) => `runs/${runId}/large/${id}.json`;

  async function change(runId: string, id: string, next: (current: LargeObject) => LargeObject): Promise<void> {
    for (;;) {
      const current = await state.read<LargeObject>(pathOf(runId, id));
      if (current === undefined || current.value.outcome !== undefined) return;
      if ((await state.write(pathOf(runId, id), next(current.value), { ifMatch: current.etag })) !== undefined) return;
    }
  }

  return {
    async add(run, task) {
      const id = idOf(run, task.entry.key);
      await state.write(pathOf(run.id, id), { task, restarts: 0 } satisfies LargeObject, 'if-absent');
      return id;
    },
    async find(runId, id) {
      return (await state.read<LargeObject>(pathOf(runId, id)))?.value;
    },
    countRestart: (runId, id) => change(runId, id, (current) => ({ ...current, restarts: current.restarts + 1 })),
    recordOutcome: (runId, id, outcome) => change(runId, id, (current) => ({ ...current, outcome })),
  };
}

/** The same object of the same two locations has the same id in every run, so that a run can go on with the upload of another. */
function idOf({ source, destination }: RunRequest, key: string): string {
  return createHash('sha256').update(`${source}\n${destination}\n${key}`).digest('hex').slice(0, ID_DIGITS);
}
