import { setTimeout as wait } from 'node:timers/promises';

/** How often receipts and progress are kept and a request to cancel is looked for. */
const HEARTBEAT_MS = 2_000;

export interface Heartbeat {
  /** Fires when a beat has failed: a slice that cannot keep its records must not go on. */
  readonly failed: AbortSignal;
  /** Waits for the beat under way. */
  stop(): Promise<void>;
}

/** Calls `beat` every two seconds until stopped. */
export function startHeartbeat(beat: () => Promise<void>): Heartbeat {
  const stopping = new AbortController();
  const failing = new AbortController();
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await wait(HEARTBEAT_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) await beat();
    }
  })().catch((error) => failing.abort(error));
  return {
    failed: failing.signal,
    async stop() {
      stopping.abort();
      await beating;
    },
  };
}
