import { setTimeout as wait } from 'node:timers/promises';
import type { RunView } from '../src/runs/run-view.ts';
import type { Receipt } from '../src/sync/receipt.ts';

const POLL_MS = 500;

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
export async function doSync(appUrl: string, { title, ...body }: FirstSync, say: (line: string) => void): Promise<FirstSyncResult> {
  say(`\n${title}\n  ${body.source}\n  -> ${body.destination}`);
  const started = await start(appUrl, JSON.stringify(body));
  const run = await follow(started, say);
  const { counts, seconds, failure, firstFailures } = run;
  say(
    `  ${run.state}: ${counts.listed} listed = ${counts.copied} copied + ${counts.unchanged} unchanged + ${counts.skipped} skipped + ${counts.failed} failed`,
  );
  say(`  ${megabytes(counts.copiedBytes)} in ${seconds.toFixed(1)} s; verified: ${describe(await proofs(run))}`);
  for (const { message } of firstFailures) say(`  ${message}`);
  if (failure !== undefined) say(`  ${failure.message}`);
  const isComplete = run.state === 'succeeded' && counts.listed > 0 && counts.copied + counts.unchanged === counts.listed;
  return { isComplete, runUrl: run.links.self };
}

/** Starts the run, or joins the one that the job's timer has just started. */
async function start(appUrl: string, body: string): Promise<RunView> {
  const answer = await fetch(`${appUrl}/api/sync`, { method: 'POST', body });
  if (answer.status !== 409) return read<RunView>(answer);
  const { run } = (await answer.json()) as { run: { url: string } };
  return read<RunView>(await fetch(run.url));
}

async function follow(started: RunView, say: (line: string) => void): Promise<RunView> {
  let run = started;
  for (let shown = -1; run.phase !== 'ended'; ) {
    await wait(POLL_MS);
    run = await read<RunView>(await fetch(run.links.self));
    const { listed, copied, copiedBytes } = run.counts;
    if (run.phase !== 'ended' && listed > 0 && copiedBytes !== shown)
      say(`  ${run.phase}: ${listed} listed, ${copied} copied, ${megabytes(copiedBytes)}`);
    shown = copiedBytes;
  }
  return run;
}

/** How many copies were proved by which means, from the run's report. */
async function proofs(run: RunView): Promise<ReadonlyMap<string, number>> {
  const report = await (await fetch(run.links.report)).text();
  const counts = new Map<string, number>();
  for (const line of report.split('\n').filter((text) => text !== '')) {
    const receipt = JSON.parse(line) as Receipt;
    if (receipt.action === 'copied') counts.set(receipt.verified, (counts.get(receipt.verified) ?? 0) + 1);
  }
  return counts;
}

function describe(proved: ReadonlyMap<string, number>): string {
  const names: Readonly<Record<string, string>> = { crc64: 'by CRC-64', md5: 'by MD5 and CRC-64', length: 'by length only' };
  return [...proved].map(([kind, count]) => `${count} ${names[kind] ?? kind}`).join(', ') || 'nothing was copied';
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}
