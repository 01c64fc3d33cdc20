import { expect, vi } from 'vitest';
import type { RunView } from '../../../src/runs/view/run-view.ts';
import type { Receipt } from '../../../src/sync/outcomes/receipt.ts';
import type { EngineBridge } from './engine-bridge.ts';
import { allOf } from './objects.ts';
import type { Place } from './places.ts';

const PATIENCE = { timeout: 60_000, interval: 250 };

/** Expects that an ended run has done all of its work, whatever befell it: every byte is there, nothing else is, every object is accounted for. */
export async function expectComplete(bridge: EngineBridge, run: RunView, source: Place, destination: Place): Promise<void> {
  const objects = await allOf(source.store);
  const receipts = await receiptsOf(bridge, run);
  const { listed, copied, unchanged, skipped, failed, extraneous, deleted } = run.counts;

  expect(run).toMatchObject({ state: 'succeeded', counts: { listed: objects.length, skipped: 0, failed: 0 } });
  expect(run.interruptions ?? []).toHaveLength(run.attempt - 1);
  expect(copied + unchanged + skipped + failed).toBe(listed);
  expect(deleted).toBe(extraneous);
  expect(receipts.map(({ action }) => action).sort()).toEqual([...repeated('copied', copied), ...repeated('deleted', deleted)]);
  expect(new Set(receipts.map(({ key }) => key)).size).toBe(copied + deleted);
  expect(await allOf(destination.store)).toEqual(objects);
}

function repeated(action: string, times: number): string[] {
  return Array.from({ length: times }, () => action);
}

/** The report, from a worker that lives long enough to answer. */
function receiptsOf({ platform }: EngineBridge, { id }: RunView): Promise<Receipt[]> {
  return vi.waitFor(async () => {
    const answer = await platform.call('GET', `/api/runs/${id}/report`);
    expect(answer.status).toBe(200);
    const lines = (await answer.text()).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }, PATIENCE);
}
