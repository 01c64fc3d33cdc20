import { setTimeout as wait } from 'node:timers/promises';
import { app } from '@azure/functions';
import type { Shutdown } from '../../runs/attempt/shutdown.ts';

/** The real host ends the worker 5 s after it has asked for its end. */
const PATIENCE_MS = 4_500;

const POLL_MS = 50;

/** An answer leaves the worker some time after its function has returned. */
const SEND_MS = 250;

/**
 * Has the work under way end at its checkpoints when the process is asked to end, by the host or by SIGTERM, and waits for it: the engine
 * gets its answers, and another instance continues at once rather than when the engine misses this one.
 */
export function handWorkBack(shutdown: Shutdown): void {
  let underWay = 0;
  let lastEndMs = 0;

  async function handBack(): Promise<void> {
    shutdown.begin();
    const end = Date.now() + PATIENCE_MS;
    while (underWay > 0 && Date.now() < end) await wait(POLL_MS);
    await wait(Math.max(0, lastEndMs + SEND_MS - Date.now()));
  }

  function onSignal(): void {
    // Whoever else waits for the signal ends the process; where nobody does, it ends as it would without us.
    const isLeftToUs = process.listenerCount('SIGTERM') === 0;
    void handBack().finally(() => isLeftToUs && process.kill(process.pid, 'SIGTERM'));
  }

  process.prependOnceListener('SIGTERM', onSignal);
  app.hook.preInvocation(() => {
    underWay++;
  });
  app.hook.postInvocation(() => {
    underWay--;
    lastEndMs = Date.now();
  });
  app.hook.appTerminate(() => {
    process.off('SIGTERM', onSignal);
    return handBack();
  });
}
