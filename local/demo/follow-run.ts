import { setTimeout as wait } from 'node:timers/promises';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { readJson } from '../read-json.ts';
import { progressOf } from './describe-run.ts';
import type { Screen } from './screen.ts';

const POLL_MS = 500;

/** Shows how a run goes until it ends; answers it as it is then. */
export async function followRun(started: RunView, { say, show }: Screen): Promise<RunView> {
  let run = started;
  while (run.phase !== 'ended') {
    await wait(POLL_MS);
    const next = await readJson<RunView>(await fetch(run.links.self));
    if (next.attempt > run.attempt) say(`  Run ${next.id} goes on (attempt ${next.attempt})`);
    if (next.phase !== 'ended') show(`  ${progressOf(next)}`);
    run = next;
  }
  return run;
}
