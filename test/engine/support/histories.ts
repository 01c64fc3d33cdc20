import { expect, it, vi } from 'vitest';
import { present } from '../../../src/sync/store/present.ts';
import type { EngineBridge } from './engine-bridge.ts';
import type { Answer, Call } from './journal.ts';
import { decisionsOf, earlierCalls, eventsOf, lastTurns, payloadBytesOf, replyOf, turnsIn } from './turns.ts';

const MAX_EVENTS = 1_000;
const MAX_PAYLOAD_BYTES = 16 * 1_024;
const WORKER_PATIENCE = { timeout: 30_000, interval: 100 };

/** Tests for the end of a file, over all that the engine has recorded meanwhile: every turn of every generation of every instance. */
export function itLeavesSoundHistories(bridge: () => EngineBridge): void {
  it('keeps histories and payloads small', () => {
    const journal = bridge().journal();

    const longest = largestOf(turnsIn(journal).map(eventsOf));
    const largest = largestOf(journal.flatMap(payloadBytesOf));
    console.info(`longest history: ${longest} events; largest payload: ${largest} bytes`);
    expect(longest).toBeLessThanOrEqual(MAX_EVENTS);
    expect(largest).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  });

  it('decides the same when recorded histories are replayed, whole and from each of their turns on', async () => {
    const turns = turnsIn(bridge().journal());
    const replay = await createReplay(bridge());

    for (const { call, reply } of turns) expect(await replay(call)).toEqual(reply);
    for (const turn of lastTurns(turns)) {
      const decisions = decisionsOf(turn.reply);
      for (const call of earlierCalls(turn)) {
        const earlier = decisionsOf(await replay(call));
        expect(earlier).toEqual(decisions.slice(0, earlier.length));
      }
    }
  });
}

/** For more numbers than a call can have arguments. */
function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), 0);
}

/** Has a worker that is up run an orchestrator once over a history. */
async function createReplay({ platform }: EngineBridge) {
  const workerUrl = await vi.waitFor(async () => present((await platform.workers())[0]?.workerUrl, 'a worker'), WORKER_PATIENCE);
  return async (call: Call) => replyOf((await (await fetch(workerUrl, { method: 'POST', body: JSON.stringify(call) })).json()) as Answer);
}
