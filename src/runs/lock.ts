import { createHash } from 'node:crypto';
import type { RunRequest } from './record.ts';
import type { State } from './state.ts';

interface LockDocument {
  readonly runId: string;
}

/** Keeps two runs from doing the same sync: one lock for each pair of locations, whether a job or an ad hoc run syncs them. */
export interface Locks {
  /**
   * Takes the lock for `runId`. When another run holds it, `isAlive` is asked about that run; a dead one's lock is taken over. Answers
   * the run that holds it, which is `runId` when it was taken. Of any number of callers exactly one takes it.
   */
  take(request: RunRequest, runId: string, isAlive: (runId: string) => Promise<boolean>): Promise<string>;
  /** Gives it back if `runId` still holds it. */
  release(request: RunRequest, runId: string): Promise<void>;
}

export function createLocks(state: State): Locks {
  return {
    async take(request, runId, isAlive) {
      const path = pathOf(request);
      for (;;) {
        if ((await state.write(path, { runId }, 'if-absent')) !== undefined) return runId;
        const held = await state.read<LockDocument>(path);
        if (held === undefined) continue;
        if (await isAlive(held.value.runId)) return held.value.runId;
        if ((await state.write(path, { runId }, { ifMatch: held.etag })) !== undefined) return runId;
      }
    },
    async release(request, runId) {
      const path = pathOf(request);
      const held = await state.read<LockDocument>(path);
      if (held?.value.runId === runId) await state.remove(path, { ifMatch: held.etag });
    },
  };
}

function pathOf({ source, destination }: RunRequest): string {
  return `locks/${createHash('sha256').update(`${source}\n${destination}`).digest('hex')}.json`;
}
