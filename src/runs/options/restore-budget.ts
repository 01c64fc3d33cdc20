import type { State } from '../state.ts';

/** Takes the bytes of one more object out of a run's budget; `false`, and nothing is taken, when they are not left in it. */
export type RestoreBudget = (sizeBytes: number) => Promise<boolean>;

/** The budget of a run, shared by all that work on it, on any instance. */
export function createRestoreBudget(state: State, runId: string, maxBytes: number): RestoreBudget {
  const path = `runs/${runId}/restored.json`;
  let taking: Promise<unknown> = Promise.resolve();

  async function take(sizeBytes: number): Promise<boolean> {
    for (;;) {
      const current = await state.read<{ readonly bytes: number }>(path);
      const bytes = (current?.value.bytes ?? 0) + sizeBytes;
      if (bytes > maxBytes) return false;
      const guard = current === undefined ? 'if-absent' : { ifMatch: current.etag };
      if ((await state.write(path, { bytes }, guard)) !== undefined) return true;
    }
  }

  // One after the other here, so that only other workers can come between.
  return (sizeBytes) => {
    const taken = taking.then(() => take(sizeBytes));
    taking = taken.catch(() => undefined);
    return taken;
  };
}
