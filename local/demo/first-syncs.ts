import type { RunView } from '../../src/runs/view/run-view.ts';
import type { Receipt } from '../../src/sync/outcomes/receipt.ts';
import type { Verified } from '../../src/sync/store/store.ts';
import { readJson } from '../read-json.ts';
import { endOf } from './describe-run.ts';
import { followRun } from './follow-run.ts';
import type { Screen } from './screen.ts';

/** More than are ever under way here. */
const MAX_RUNS = 100;

/** A sync to do first, and what people call it. */
export interface FirstSync {
  readonly title: string;
  readonly source: string;
  readonly destination: string;
}

export interface FirstSyncResult {
  /** Every object is at the destination. */
  readonly isComplete: boolean;
  readonly runUrl: string;
}

/** Starts a sync as any caller would, and tells how it goes. */
export async function doSync(appUrl: string, { title, ...body }: FirstSync, screen: Screen): Promise<FirstSyncResult> {
  screen.say(`\n${title}\n  ${body.source}\n  -> ${body.destination}`);
  return untilEnded(await start(appUrl, JSON.stringify(body)), screen);
}

/** Follows the runs that were under way when the app was killed to their end. That somebody asks for them makes the app go on with them. */
export async function finishRuns(appUrl: string, screen: Screen): Promise<readonly FirstSyncResult[]> {
  const { runs } = await readJson<{ readonly runs: readonly RunView[] }>(await fetch(`${appUrl}/api/runs?limit=${MAX_RUNS}`));
  const results: FirstSyncResult[] = [];
  for (const run of runs.filter(({ phase }) => phase !== 'ended').reverse()) {
    const when = run.attempt > 1 ? `(attempt ${run.attempt})` : 'within half a minute';
    screen.say(`\nRun ${run.id} was under way when the app was killed; it goes on ${when}\n  ${run.source}\n  -> ${run.destination}`);
    results.push(await untilEnded(run, screen));
  }
  return results;
}

async function untilEnded(started: RunView, screen: Screen): Promise<FirstSyncResult> {
  const run = await followRun(started, screen);
  for (const line of endOf(run, await proofsOf(run))) screen.say(`  ${line}`);
  const { listed, copied, unchanged } = run.counts;
  return { isComplete: run.state === 'succeeded' && listed > 0 && copied + unchanged === listed, runUrl: run.links.self };
}

/** Starts the run, or joins the one that the job's timer has just started. */
async function start(appUrl: string, body: string): Promise<RunView> {
  const answer = await fetch(`${appUrl}/api/sync`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (answer.status !== 409) return readJson<RunView>(answer);
  const { run } = (await answer.json()) as { run: { url: string } };
  return readJson<RunView>(await fetch(run.url));
}

/** How many copies were proved by which means, from all pages of the run's report. */
async function proofsOf({ links }: RunView): Promise<ReadonlyMap<Verified, number>> {
  const counts = new Map<Verified, number>();
  for (let url: string | undefined = links.report; url !== undefined; ) {
    const page: Response = await fetch(url);
    for (const line of (await page.text()).split('\n').filter((text) => text !== '')) {
      const receipt = JSON.parse(line) as Receipt;
      if (receipt.action === 'copied') counts.set(receipt.verified, (counts.get(receipt.verified) ?? 0) + 1);
    }
    url = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return counts;
}
